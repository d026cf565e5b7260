import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repetitionSeeds } from '../../hosts/repetition-seeds.ts';

test('the first repetition is the run without repetitions, all are different, and more repetitions begin alike', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 }), fc.integer({ min: 1, max: 200 }), (seed, count) => {
      const seeds = repetitionSeeds(seed, count);
      expect(seeds[0]).toBe(seed);
      expect(new Set(seeds).size).toBe(count);
      expect(repetitionSeeds(seed, count + 7).slice(0, count)).toEqual(seeds);
      for (const each of seeds) expect(Number.isInteger(each) && each >= 0).toBe(true);
    }),
  );
});

test('scenarios with neighbouring seeds share no repetition', () => {
  const [first, second] = [7, 8].map((seed) => repetitionSeeds(seed, 1000));
  expect(first!.filter((seed) => second!.includes(seed))).toEqual([]);
});
