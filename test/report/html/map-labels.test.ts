import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapLabels } from '../../../report/html/map-labels.ts';

const point = fc.record({
  name: fc.string({ minLength: 1, maxLength: 16 }),
  at: fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 300 })),
});

test('names on a map lie inside it and do not overlap', () => {
  fc.assert(
    fc.property(fc.array(point, { maxLength: 14 }), (points) => {
      const fontPx = 15;
      const boxes = mapLabels(points, { width: 400, height: 300, fontPx }).flatMap((label, index) => {
        if (label === null) return [];
        const length = points[index]!.name.length * fontPx * 0.6;
        const left = { start: label.x, middle: label.x - length / 2, end: label.x - length }[label.anchor];
        return [{ left, right: left + length, top: label.y - fontPx * 0.75, bottom: label.y + fontPx * 0.2 }];
      });
      for (const [index, a] of boxes.entries()) {
        expect(a.left >= 0 && a.right <= 400 && a.top >= 0 && a.bottom <= 300).toBe(true);
        for (const b of boxes.slice(index + 1))
          expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
      }
    }),
  );
});

test('a name that has room is written', () => {
  expect(mapLabels([{ name: 'london', at: [200, 150] }], { width: 400, height: 300, fontPx: 15 })[0]).toMatchObject({
    anchor: 'start',
  });
});
