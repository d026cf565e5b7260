import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvCells } from '../../../core/text/csv-cells.ts';
import { csvLine } from '../../../core/text/csv-line.ts';

test('a line of CSV is read back as its cells, whatever commas and quotes they hold', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'b', ',', '"', ';') });
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
      const line = csvLine(cells);
      expect(line.endsWith('\r\n')).toBe(true);
      expect(csvCells(line.slice(0, -2))).toEqual(cells);
    }),
  );
});

test('a line end is quoted, a number is written in full, and one that is none is empty', () => {
  expect(csvLine(['a\r\nb', 0.1, 1e-7, Number.NaN, -0, 12_345.6789])).toBe('"a\r\nb",0.1,1e-7,,0,12345.6789\r\n');
});
