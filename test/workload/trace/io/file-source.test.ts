import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileSource } from '../../../../workload/trace/io/file-source.ts';
import { readTrace } from '../../../../workload/trace/read-trace.ts';
import { textSource } from '../../../../workload/trace/trace-source.ts';

const HEADER = 'TIMESTAMP,ContextTokens,GeneratedTokens\n';
const FIRST_MS = Date.UTC(2024, 4, 10);

/** One row a tenth of a second, 6 MB of them, with some that have no answer. */
const ROWS = 150_000;
const rowAt = (row: number): string =>
  `${new Date(FIRST_MS + row * 100).toISOString().replace('T', ' ').replace('Z', '000+00:00')},${(row % 4000) + 1},${row % 97}\n`;
const TEXT = HEADER + Array.from({ length: ROWS }, (_, row) => rowAt(row)).join('');

describe('a trace in a file', () => {
  let folder = '';
  const path = (name: string): string => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'starlane-trace-'));
    writeFileSync(path('plain.csv'), TEXT);
    writeFileSync(path('packed.csv.gz'), gzipSync(TEXT, { level: 1 }));
    writeFileSync(path('windows.csv'), `\uFEFF${TEXT}`, 'utf16le');
    writeFileSync(path('marked.csv'), `\uFEFF${TEXT}`);
    writeFileSync(path('wrong.csv'), TEXT.replace(rowAt(140_000), 'tomorrow,1,2\n'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('has the same rows in a window, wherever that lies, as its text in memory', () => {
    const window = fc.record({
      fromS: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 14_990, noNaN: true })),
      durationS: fc.double({ min: 1, max: 300, noNaN: true }),
    });
    fc.assert(
      fc.property(window, (of) => {
        expect(readTrace(fileSource(path('plain.csv')), of)).toEqual(readTrace(textSource(TEXT, 'x'), of));
      }),
      { numRuns: 20, examples: [[{ fromS: 14_999.8, durationS: 9 }], [{ fromS: 1e-3, durationS: 1 }]] },
    );
  });

  test.each(['packed.csv.gz', 'windows.csv', 'marked.csv'])('%s is read like a plain one', (name) => {
    const window = { fromS: 9000, durationS: 10 };
    expect(readTrace(fileSource(path(name)), window)).toEqual(readTrace(textSource(TEXT, 'x'), window));
  });

  test('has the line of a mistake, also in a window that was found by halving', () => {
    expect(() => readTrace(fileSource(path('wrong.csv'), 'w.csv'), { fromS: 13_990, durationS: 100 })).toThrow(
      'w.csv:140002:1: starts with "tomorrow"',
    );
    expect(() => readTrace(fileSource(path('wrong.csv'), 'w.csv'))).toThrow('w.csv:140002:1: starts with "tomorrow"');
  });

  test('that is missing, or a folder, or empty is a mistake', () => {
    expect(() => readTrace(fileSource(path('none.csv')))).toThrow(/none\.csv does not exist, expected a trace/);
    expect(() => readTrace(fileSource(folder))).toThrow(/is a folder, expected a trace/);
    writeFileSync(path('empty.csv'), '');
    expect(() => readTrace(fileSource(path('empty.csv'), 'e.csv'))).toThrow(
      'e.csv:1:1: starts with "", expected one of',
    );
  });
});
