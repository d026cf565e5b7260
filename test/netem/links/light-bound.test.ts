import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vacuumUs } from '../../../core/units.ts';
import type { LinkState } from '../../../netem/links/model/link-model.ts';
import { Network } from '../../../netem/links/network.ts';
import type { PathLinks } from '../../../netem/links/path-links.ts';
import { networkSchema } from '../../../netem/links/schema.ts';
import { groundPoint, WGS72, WGS84 } from '../../../netem/sky/orbit/earth.ts';
import { HYPATIA_EPOCH_UNIX_MS } from '../../../netem/sky/orbit/hypatia-elements.ts';
import { greatCircleKm } from '../../../netem/sky/path/great-circle.ts';
import type { Place } from '../../../netem/sky/path/place.ts';

// Bare links: what layers add must not be what keeps geometry from being faster than light.
const bare = { overhead: { floorUs: 0, heldMedianUs: 0, heldSigma: 0, jitterUs: 0 }, boundary: { durationMs: 0 } };
const fibre = { stretch: 1, equipmentUs: 0 };

const networkOf = (constellation: object, layers: 'bare' | 'usual'): Network =>
  new Network({
    config: networkSchema.parse({
      constellation,
      ...(layers === 'bare' ? { laser: bare, fibre, access: { fibre, starlink: bare } } : {}),
    }),
    epochUnixMs: HYPATIA_EPOCH_UNIX_MS,
    seed: 1,
  });

const chordUs = (a: Place, b: Place): number =>
  Math.min(
    ...[WGS72, WGS84].map((earth) => {
      const [p, q] = [a, b].map(({ latDeg, lonDeg }) => groundPoint(earth, latDeg, lonDeg).atKm);
      return vacuumUs(Math.hypot(p![0] - q![0], p![1] - q![1], p![2] - q![2]));
    }),
  );

const expectFinite = (state: LinkState): void => {
  for (const value of [state.delayUs, state.jitterUs, state.lossRate, state.rateKbps]) {
    expect(Number.isFinite(value)).toBe(true);
    expect(value).toBeGreaterThanOrEqual(0);
  }
};

const anyLatDeg = fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 0, 90));
const anyLonDeg = fc.oneof(fc.double({ min: -180, max: 180, noNaN: true }), fc.constantFrom(-180, 0, 179.999, 180));
const placeNamed = (name: string) =>
  fc.record({ name: fc.constant(name), latDeg: anyLatDeg, lonDeg: anyLonDeg, terminal: fc.constant(true) });
const anyPair = fc.tuple(placeNamed('a'), placeNamed('b'));
const anyAtMs = fc.oneof(fc.integer({ min: 0, max: 5_700_000 }), fc.integer({ min: 0, max: 30 * 86_400_000 }));

const anyOwnShells = fc.record({
  shells: fc.array(
    fc.record({
      altitudeKm: fc.integer({ min: 160, max: 2000 }),
      inclinationDeg: fc.integer({ min: 0, max: 180 }),
      planes: fc.integer({ min: 1, max: 24 }),
      satellitesPerPlane: fc.integer({ min: 1, max: 30 }),
      phasing: fc.integer({ min: 0, max: 30 }),
      raanSpreadDeg: fc.constantFrom(180, 360),
      lasers: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  elevationMaskDeg: fc.constantFrom(0, 5, 25, 60),
  choice: fc.constantFrom('held', 'shortest'),
});

/** How many of the three kinds of path were up: a property of links that are down would say little. */
const holdsBetween = (
  network: Network,
  [from, to]: readonly [Place, Place],
  atMs: number,
  surface: boolean,
): number => {
  const kinds: readonly PathLinks[] = [
    network.path({ from, to, medium: 'laser' }),
    network.path({ from, to, medium: 'fibre' }),
    network.access({ client: from, kind: 'starlink', to }),
    network.access({ client: from, kind: 'fibre', to }),
  ];
  for (const links of kinds) {
    for (const { forward, back } of [links, links.foreseen]) {
      const [there, home] = [forward.stateAt(atMs), back.stateAt(atMs)];
      expectFinite(there);
      expectFinite(home);
      // A nanosecond for rounding.
      expect(there.delayUs - there.jitterUs).toBeGreaterThanOrEqual(chordUs(from, to) - 1e-3);
      expect(home.delayUs - home.jitterUs).toBeGreaterThanOrEqual(chordUs(from, to) - 1e-3);
      if (surface) {
        const leastUs = 2 * vacuumUs(greatCircleKm(from, to)) * (1 - FLATTENING) - 1e-3;
        expect(there.delayUs + home.delayUs - there.jitterUs - home.jitterUs).toBeGreaterThanOrEqual(leastUs);
      }
    }
  }
  return [kinds[0]!, kinds[2]!].filter(({ forward }) => forward.stateAt(atMs).up).length;
};

/** How far the sphere that great circles are measured on is off the ellipsoid. */
const FLATTENING = 0.006;

describe('no path is faster than light (I5)', () => {
  test('over any shells, from any place to any other, at any time, with bare layers or the usual ones', () => {
    let up = 0;
    fc.assert(
      fc.property(
        anyOwnShells,
        fc.constantFrom<'bare' | 'usual'>('bare', 'usual'),
        anyPair,
        anyAtMs,
        (constellation, layers, pair, atMs) => {
          up += holdsBetween(networkOf(constellation, layers), pair, atMs, true);
        },
      ),
      { numRuns: 150 },
    );
    expect(up).toBeGreaterThan(15);
  });

  test.each(['starlink-gen1', 'kuiper-k1', 'telesat-t1', 'oneweb'])('over %s as it is', (preset) => {
    const networks = ['held', 'shortest'].map((choice) => networkOf({ preset, choice }, 'bare'));
    fc.assert(
      fc.property(fc.constantFrom(...networks), anyPair, anyAtMs, (network, pair, atMs) => {
        holdsBetween(network, pair, atMs, true);
      }),
      { numRuns: 40 },
    );
  });

  test.each(['starlink-s1', 'kuiper-k1', 'telesat-t1'])('over %s in parity mode', (preset) => {
    const network = networkOf({ preset, parity: 'hypatia' }, 'bare');
    let up = 0;
    fc.assert(
      fc.property(anyPair, anyAtMs, (pair, atMs) => {
        // Its flat-Earth cone lets a link dip below the horizon, so only the straight line binds it.
        up += holdsBetween(network, pair, atMs, false);
      }),
      { numRuns: 40 },
    );
    expect(up).toBeGreaterThan(5);
  });
});
