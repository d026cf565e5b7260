import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PastStreams } from '../../../router/http2/past-streams.ts';

/** The same with all its places from the start. */
class Model {
  readonly #newest = new Map<number, { stream: number; isReset: boolean }>();

  add(stream: number, isReset: boolean): void {
    if (!isReset || !this.hasForgotten(stream)) this.#newest.set((stream >> 1) % 8192, { stream, isReset });
  }

  state(stream: number): readonly boolean[] {
    const at = this.#newest.get((stream >> 1) % 8192);
    const isIt = at?.stream === stream;
    return [isIt, isIt && at.isReset, this.hasForgotten(stream)];
  }

  hasForgotten(stream: number): boolean {
    return (this.#newest.get((stream >> 1) % 8192)?.stream ?? 0) > stream;
  }
}

test('past streams are known as if there had been all places from the start', () => {
  const streams = fc.integer({ min: 1, max: 40 }).chain((spread) => fc.integer({ min: 1, max: 1000 * spread }));
  fc.assert(
    fc.property(fc.array(fc.tuple(streams, fc.boolean(), streams), { maxLength: 200 }), (steps) => {
      const [past, model] = [new PastStreams(), new Model()];
      for (const [added, isReset, asked] of steps) {
        if (isReset) past.addReset(2 * added - 1);
        else past.addOpened(2 * added - 1);
        model.add(2 * added - 1, isReset);
        for (const stream of [2 * added - 1, 2 * asked - 1]) {
          const state = [past.wasOpened(stream), past.wasReset(stream), past.hasForgotten(stream)];
          expect(state).toEqual(model.state(stream));
        }
      }
    }),
    { numRuns: 200 },
  );
});
