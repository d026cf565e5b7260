import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByStream } from '../../../router/http2/by-stream.ts';

test('a stream has what it was given last, until it is taken away, whatever others come and go', () => {
  const step = fc.record({ id: fc.nat(400).map((of) => 2 * of + 1), isSet: fc.nat(2).map((of) => of < 2) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 200, maxLength: 500 }), (steps) => {
      const byStream = new ByStream<number>();
      const expected = new Map<number, number>();
      for (const [index, { id, isSet }] of steps.entries()) {
        if (isSet) {
          byStream.set(id, index);
          expected.set(id, index);
        } else {
          byStream.delete(id);
          expected.delete(id);
        }
        expect(byStream.get(id)).toBe(expected.get(id));
      }
      for (let id = 1; id < 802; id += 2) expect(byStream.get(id)).toBe(expected.get(id));
      const inOrder = [...expected].sort(([a], [b]) => a - b).map(([, value]) => value);
      expect(byStream.takeAll()).toEqual(inOrder);
      expect(byStream.takeAll()).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
