import { describe, expect, test } from 'vitest';
import { Network, type NetworkSite } from '../../../netem/links/network.ts';
import type { PathLinks } from '../../../netem/links/path-links.ts';
import { networkSchema } from '../../../netem/links/schema.ts';
import { sharingSerialisers } from '../../../netem/links/serialisers-of.ts';

const site = (name: string, latDeg: number, lonDeg: number): NetworkSite => ({ name, latDeg, lonDeg, terminal: true });
const LONDON = site('london', 51.5, -0.1);
const MADRID = site('madrid', 40.4, -3.7);
const ROME = site('rome', 41.9, 12.5);
const ABOVE: NetworkSite = { name: 'above', satellite: 870 };

const pathsOf = (laser: object): ((from: NetworkSite, to: NetworkSite, medium?: 'laser' | 'fibre') => PathLinks) => {
  const config = networkSchema.parse({ constellation: { preset: 'starlink-s1' }, laser });
  const network = new Network({ config, epochUnixMs: Date.UTC(2026, 0, 1), seed: 1 });
  return (from, to, medium = 'laser') => network.path({ from, to, medium });
};

/** When 10,000 bytes that enter each of these directions at 0 have left, one after another. */
const leaveAtMs = (ways: readonly (readonly [PathLinks, 'forward' | 'back'])[]): readonly number[] => {
  const serialisersOf = sharingSerialisers();
  const made = new Map<PathLinks, ReturnType<typeof serialisersOf>>();
  return ways.map(([links, direction]) => {
    if (!made.has(links)) made.set(links, serialisersOf(links));
    const state = links[direction].stateAt(5000);
    return Math.round(made.get(links)![direction].leaveAtMs(10_000, 0, state) * 1e6) / 1e6;
  });
};

describe('paths of one dish', () => {
  const pathOf = pathsOf({ upKbps: 80_000, downKbps: 100_000 }); // 1 ms up, 0.8 ms down
  const [toMadrid, toRome] = [pathOf(LONDON, MADRID), pathOf(LONDON, ROME)];

  test('share its uplink', () => {
    expect(leaveAtMs([...([toMadrid, toRome] as const), toMadrid].map((links) => [links, 'forward']))).toEqual([
      1, 2, 3,
    ]);
  });

  test('share its downlink, which is another than the uplink', () => {
    // Two uplinks send at once; the one downlink passes the second after the first.
    expect(
      leaveAtMs([
        [toMadrid, 'back'],
        [toRome, 'back'],
        [toMadrid, 'forward'],
      ]),
    ).toEqual([1, 1.6, 1]);
  });

  test('do not wait where each has a dish of its own', () => {
    const apart = pathsOf({ upKbps: 80_000, downKbps: 100_000, sharedDish: false });
    const paths = [apart(LONDON, MADRID), apart(LONDON, ROME)];
    expect(leaveAtMs(paths.map((links) => [links, 'forward']))).toEqual([1, 1]);
  });

  test('are those over lasers: a cable shares nothing, and a satellite has no dish', () => {
    expect(pathOf(LONDON, MADRID, 'fibre')).not.toHaveProperty('dishes');
    expect(pathOf(LONDON, ABOVE).dishes).toEqual({
      forward: [{ name: 'london/up', rateKbps: 80_000 }],
      back: [{ name: 'london/down', rateKbps: 100_000 }],
    });
  });
});
