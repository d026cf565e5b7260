import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Network } from '../../../../netem/links/network.ts';
import { networkSchema } from '../../../../netem/links/schema.ts';
import { seenBelowDeg } from '../../../../netem/sky/orbit/seen-below.ts';

/** Whether a dish there can send to a dish beside it at any of some instants of two orbits: it needs one satellite in view. */
const isEverSeen = (constellation: object, latDeg: number): boolean => {
  const config = networkSchema.parse({ constellation: { choice: 'shortest', ...constellation } });
  const network = new Network({ config, epochUnixMs: Date.parse('2026-01-01T00:00:00Z'), seed: 1 });
  const dish = { name: 'a', latDeg, lonDeg: 20, terminal: true };
  const { forward } = network.path({ from: dish, to: { ...dish, name: 'b' }, medium: 'laser' });
  return Array.from({ length: 300 }, (_, step) => forward.stateAt(step * 40_000 + 3000)).some(({ up }) => up);
};

const limitOf = (constellation: object): number => seenBelowDeg(networkSchema.parse({ constellation }).constellation);

describe('the latitude up to which satellites are seen', () => {
  test('is 62 degrees for the first shell of Starlink, 80 for the first generation and none for polar orbits', () => {
    expect(limitOf({ preset: 'starlink-s1' })).toBeCloseTo(62.2, 1);
    expect(limitOf({ preset: 'starlink-gen1' })).toBe(90);
    expect(limitOf({ preset: 'oneweb' })).toBe(90);
    expect(isEverSeen({ preset: 'starlink-s1' }, 61)).toBe(true);
    expect(isEverSeen({ preset: 'starlink-s1' }, -61)).toBe(true);
  });

  test('is never too low: no satellite is seen beyond it', () => {
    const shell = fc.record({
      altitudeKm: fc.integer({ min: 160, max: 2000 }),
      inclinationDeg: fc.oneof(fc.integer({ min: 5, max: 70 }), fc.integer({ min: 110, max: 175 })),
      planes: fc.constant(12),
      satellitesPerPlane: fc.constant(12),
    });
    fc.assert(
      fc.property(shell, fc.constantFrom(0, 10, 25, 60), fc.boolean(), (one, elevationMaskDeg, isSouth) => {
        const constellation = { shells: [one], elevationMaskDeg };
        const limitDeg = limitOf(constellation);
        fc.pre(limitDeg < 90);
        expect(isEverSeen(constellation, isSouth ? -limitDeg : limitDeg)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});
