import { describe, expect, test } from 'vitest';
import { degrees } from '../../../../core/units.ts';
import { constellationSchema } from '../../../../netem/sky/orbit/constellation-schema.ts';
import { spaceOf } from '../../../../netem/sky/path/space.ts';

const EPOCH_UNIX_MS = Date.UTC(2026, 0, 1);
const SLOTS = 300;

const spaceOfSeed = (seed: number, preset = 'starlink-s1') =>
  spaceOf({
    constellation: constellationSchema.parse({ preset }),
    stepMs: 1000,
    epochUnixMs: EPOCH_UNIX_MS,
    seed,
  });

/** The satellite that serves a place at the start of each slot, and the elevations of all available ones. */
const served = (space: ReturnType<typeof spaceOfSeed>, place: { latDeg: number; lonDeg: number }, slots = SLOTS) => {
  const site = space.sky.site({ name: 'somewhere', ...place });
  const first = space.slots.indexAt(0) + 1;
  const chosen: number[] = [];
  const chosenDeg: number[] = [];
  const availableDeg: number[] = [];
  for (let slot = first; slot < first + slots; slot++) {
    const step = slot * space.steps.stepsPerSlot;
    const satellite = space.serving.at(space.atStep(step), site, slot);
    const { satellites, elevationSine, count } = space.atStep(step).visibleFrom(site);
    const elevationsDeg = [...elevationSine.subarray(0, count)].map((sine) => degrees(Math.asin(sine)));
    chosen.push(satellite);
    availableDeg.push(...elevationsDeg);
    if (satellite !== -1) chosenDeg.push(elevationsDeg[satellites.indexOf(satellite)]!);
  }
  return { chosen, chosenDeg, availableDeg };
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

describe('the serving satellite', () => {
  test('is high: a median 23 degrees above the available ones, 80 % at 45 degrees or more, as measured', () => {
    const places = [
      { latDeg: 41.7, lonDeg: -91.5 },
      { latDeg: 47.6, lonDeg: -122.3 },
      { latDeg: 40.4, lonDeg: -3.7 },
    ];
    const all = places.map((place) => served(spaceOfSeed(1, 'starlink-gen1'), place));
    const chosenDeg = all.flatMap((site) => site.chosenDeg);
    const aboveDeg = median(chosenDeg) - median(all.flatMap((site) => site.availableDeg));
    expect(aboveDeg).toBeGreaterThan(20);
    expect(aboveDeg).toBeLessThan(26);
    const highShare = chosenDeg.filter((elevationDeg) => elevationDeg >= 45).length / chosenDeg.length;
    expect(highShare).toBeGreaterThan(0.75);
    expect(highShare).toBeLessThan(0.85);
  });

  test('stays in view and does not change during a slot', () => {
    const space = spaceOfSeed(3);
    const site = space.sky.site({ name: 'lagos', latDeg: 6.5, lonDeg: 3.4 });
    const first = space.slots.indexAt(0) + 1;
    for (let slot = first; slot < first + 40; slot++) {
      const start = space.serving.at(space.atStep(slot * 15), site, slot);
      for (let second = 1; second < 15; second++) {
        const snapshot = space.atStep(slot * 15 + second);
        expect(space.serving.at(snapshot, site, slot)).toBe(start);
        expect(
          space
            .atStep(slot * 15 + second)
            .visibleFrom(site)
            .indexOf(start),
        ).not.toBe(-1);
      }
    }
  });

  test('depends only on seed, site and slot', () => {
    const place = { latDeg: 51.5, lonDeg: 0 };
    expect(served(spaceOfSeed(5), place, 30)).toEqual(served(spaceOfSeed(5), place, 30));
    expect(served(spaceOfSeed(5), place, 30).chosen).not.toEqual(served(spaceOfSeed(6), place, 30).chosen);
    const space = spaceOfSeed(5);
    const site = space.sky.site({ name: 'somewhere', ...place });
    const last = space.slots.indexAt(0) + 30;
    const backwards: number[] = [];
    for (let slot = last; slot > last - 30; slot--) {
      backwards.unshift(space.serving.at(space.atStep(slot * 15), site, slot));
    }
    expect(backwards).toEqual(served(spaceOfSeed(5), place, 30).chosen);
  });

  test('does not exist at the pole, which a 53 degree shell does not see', () => {
    expect(new Set(served(spaceOfSeed(1), { latDeg: 90, lonDeg: 0 }, 10).chosen)).toEqual(new Set([-1]));
  });
});
