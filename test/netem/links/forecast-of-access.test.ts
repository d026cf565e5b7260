import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../core/random/rng.ts';
import { Network } from '../../../netem/links/network.ts';
import type { PathLinks } from '../../../netem/links/path-links.ts';
import { networkSchema } from '../../../netem/links/schema.ts';

const SLOT_MS = 15_000;
const SLOTS = 150;
const LAGOS = { name: 'lagos', latDeg: 6.5244, lonDeg: 3.3792, terminal: true };
const PLACES = [
  { at: LAGOS, pop: 'lagos' },
  { at: { name: 'seattle', latDeg: 47.61, lonDeg: -122.33, terminal: true }, pop: 'seattle' },
  { at: { name: 'lincoln', latDeg: 40.81, lonDeg: -96.7, terminal: true }, pop: 'denver' },
] as const;

const accessOf = ({ at, pop }: (typeof PLACES)[number], starlink: object, seed = 1): PathLinks => {
  const config = { stepMs: SLOT_MS, access: { starlink } };
  const network = new Network({
    config: networkSchema.parse(config),
    epochUnixMs: Date.UTC(2026, 0, 1, 18, 0, 12),
    seed,
  });
  const to = { ...network.pops.find(({ name }) => name === pop)!, terminal: false };
  return network.access({ client: at, kind: 'starlink', pop, to });
};

const middles = Array.from({ length: SLOTS }, (_, slot) => (slot + 0.5) * SLOT_MS);

describe('the forecast of a way to the PoP', () => {
  test('does not know which satellite the dish will be given: it is the same for every seed, and the satellites are not', () => {
    const bare = {
      overhead: { floorUs: 0, heldMedianUs: 0, uplinkWaitUs: 0, variedMedianUs: 0 },
      boundary: { durationMs: 0 },
    };
    const [one, other] = [1, 2].map((seed) => accessOf(PLACES[0], bare, seed));
    const known = ({ foreseen: { forward, spread } }: PathLinks) =>
      middles.map((atMs) => [forward.stateAt(atMs), spread.forward(atMs)]);
    expect(known(other!)).toEqual(known(one!));
    const delays = ({ forward }: PathLinks) => middles.map((atMs) => forward.stateAt(atMs).delayUs);
    expect(delays(other!)).not.toEqual(delays(one!));
    // Geometry alone: about half of the draws are above the median of the choices.
    const above = middles.filter(
      (atMs) => one!.forward.stateAt(atMs).delayUs > one!.foreseen.forward.stateAt(atMs).delayUs,
    );
    expect(above.length / SLOTS).toBeGreaterThan(0.3);
    expect(above.length / SLOTS).toBeLessThan(0.7);
  });

  test.each([
    ['by default', {}],
    [
      'under load, at a busy hour',
      { load: { share: 0.5, upload: { busyShare: 0.5 } }, busyHours: { queueUs: 10_000 } },
    ],
    ['with a dish of the population', { population: 'well-served' }],
  ])(
    'has a band that holds nine tenths of the packets, and a median with half of them on each side: %s',
    (_, starlink) => {
      const rng = seededRng(1)('packets');
      for (const where of PLACES) {
        const links = accessOf(where, starlink);
        for (const half of ['forward', 'back'] as const) {
          let [within, below] = [0, 0];
          for (const slotMs of middles) {
            const atMs = slotMs + (rng.next() - 0.5) * 14_000;
            const { delayUs, jitterUs } = links[half].stateAt(atMs);
            const us = delayUs + (2 * rng.next() - 1) * jitterUs;
            const foreseenUs = links.foreseen[half].stateAt(atMs).delayUs;
            const { belowUs, aboveUs } = links.foreseen.spread[half](atMs);
            if (us >= foreseenUs - belowUs && us <= foreseenUs + aboveUs) within++;
            if (us < foreseenUs) below++;
          }
          expect(within / SLOTS).toBeGreaterThan(0.78);
          expect(within / SLOTS).toBeLessThan(0.99);
          expect(Math.abs(below / SLOTS - 0.5)).toBeLessThan(0.25);
        }
      }
    },
  );

  test('changes when the choices do, at the starts of slots, and never between', () => {
    const { foreseen } = accessOf(PLACES[1], { boundary: { durationMs: 0 } });
    for (const atMs of middles.slice(0, 20)) {
      expect(foreseen.forward.nextChangeAfter(atMs)! % SLOT_MS).toBe(0);
      expect(foreseen.forward.stateAt(atMs + 7000)).toEqual(foreseen.forward.stateAt(atMs - 7000));
    }
  });
});

test('a laser path is planned, so its forecast has its satellites, and spreads over overhead alone', () => {
  const config = networkSchema.parse({ stepMs: SLOT_MS });
  const links = new Network({ config, epochUnixMs: Date.UTC(2026, 0, 1, 0, 0, 12), seed: 1 }).path({
    from: { name: 'london', latDeg: 51.5, lonDeg: -0.13, terminal: true },
    to: LAGOS,
    medium: 'laser',
  });
  let within = 0;
  for (const atMs of middles) {
    const { belowUs, aboveUs } = links.foreseen.spread.forward(atMs);
    expect(belowUs + aboveUs).toBeLessThan(2500);
    const [us, foreseenUs] = [links.forward, links.foreseen.forward].map((link) => link.stateAt(atMs).delayUs);
    if (us! >= foreseenUs! - belowUs && us! <= foreseenUs! + aboveUs) within++;
  }
  expect(within / SLOTS).toBeGreaterThan(0.85);
});
