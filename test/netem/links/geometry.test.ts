import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LinkModel } from '../../../netem/links/model/link-model.ts';
import { Network } from '../../../netem/links/network.ts';
import type { PathLinks } from '../../../netem/links/path-links.ts';
import { networkSchema } from '../../../netem/links/schema.ts';
import { Geometry } from '../../../netem/sky/path/geometry.ts';

const EPOCH_UNIX_MS = Date.UTC(2026, 0, 1, 0, 0, 6);
const UNTIL_MS = 40_000;
const LONDON = { name: 'london', latDeg: 51.5, lonDeg: -0.1, terminal: true };
const ASHBURN = { name: 'ashburn', latDeg: 39, lonDeg: -77.5, terminal: true };
const LAGOS = { name: 'lagos', latDeg: 6.5, lonDeg: 3.4, terminal: false };
const ON_BOARD = { name: 'aloft', satellite: { shell: 0, plane: 3, index: 4 } };

const geometry = (options: Partial<ConstructorParameters<typeof Geometry>[0]> = {}): Geometry =>
  new Geometry({ epochUnixMs: EPOCH_UNIX_MS, stepMs: 1000, untilMs: UNTIL_MS, ...options });

const CONFIGS = {
  plain: { preset: 'starlink-s1' },
  shortest: { preset: 'starlink-s1', choice: 'shortest' },
  'without lasers': { preset: 'starlink-s1', lasers: false },
  failing: { preset: 'starlink-s1', failures: { satelliteShare: 0.2, laserShare: 0.1, fromS: 10, toS: 25 } },
};

const linksWith = (constellation: object, seed: number, known?: Geometry): readonly PathLinks[] => {
  const network = new Network({
    config: networkSchema.parse({ constellation }),
    epochUnixMs: EPOCH_UNIX_MS,
    seed,
    geometry: known,
  });
  const { lasers } = constellation as { readonly lasers?: boolean };
  return [
    network.path({ from: LONDON, to: ASHBURN, medium: 'laser' }),
    network.access({ client: LAGOS, kind: 'starlink', pop: 'lagos', to: LONDON }),
    ...(lasers === false ? [] : [network.path({ from: LONDON, to: ON_BOARD, medium: 'laser' })]),
  ];
};

const modelsOf = (links: readonly PathLinks[]): readonly LinkModel[] =>
  links.flatMap(({ forward, back, foreseen }) => [forward, back, foreseen.forward, foreseen.back]);

test.each(Object.entries(CONFIGS))(
  '%s: links are the same with a geometry, whatever is asked first, under several seeds, and beyond its time',
  (_, constellation) => {
    const known = geometry();
    const seeds = [1, 2, 3];
    const plain = seeds.map((seed) => modelsOf(linksWith(constellation, seed)));
    const tabled = seeds.map((seed) => modelsOf(linksWith(constellation, seed, known)));
    // As a thread that begins with what the first has computed, and room for one way alone.
    const second = seeds.map((seed) =>
      modelsOf(linksWith(constellation, seed, geometry({ memories: known.memories }))),
    );
    const small = seeds.map((seed) => modelsOf(linksWith(constellation, seed, geometry({ mostBytes: 1000 }))));
    const asked = fc.record({
      seed: fc.nat({ max: seeds.length - 1 }),
      link: fc.nat({ max: plain[0]!.length - 1 }),
      atMs: fc.integer({ min: -20_000, max: UNTIL_MS + 30_000 }),
    });
    fc.assert(
      fc.property(fc.array(asked, { minLength: 1, maxLength: 8 }), (all) => {
        for (const { seed, link, atMs } of all) {
          const expected = plain[seed]![link]!.stateAt(atMs);
          for (const links of [tabled, second, small]) expect(links[seed]![link]!.stateAt(atMs)).toEqual(expected);
        }
      }),
      { numRuns: 3 },
    );
    // The same slots under every seed: what one has drawn is not what another is told.
    for (let atMs = 1500; atMs < UNTIL_MS; atMs += 6500) {
      for (const seed of seeds.keys()) {
        const expected = plain[seed]!.map((link) => link.stateAt(atMs));
        for (const links of [tabled, second, small])
          expect(links[seed]!.map((link) => link.stateAt(atMs))).toEqual(expected);
      }
    }
  },
);

test('what a geometry knows is not computed again, by another thread neither', () => {
  const known = geometry();
  let computed = 0;
  const maker = {
    tagOf: () => 0,
    answers: 1,
    usAt: (step: number) => {
      computed++;
      return step;
    },
  };
  const first = known.way('way', maker);
  const stepsPerSlot = 15;
  const step = stepsPerSlot * (Math.floor((EPOCH_UNIX_MS - 12_000) / 15_000) + 1); // slots begin at :12, :27, ...
  for (let index = stepsPerSlot - 1; index >= 0; index--) expect(first(step + index)).toBe(step + index);
  expect(computed).toBe(stepsPerSlot);
  const again = geometry({ memories: known.memories }).way('way', maker);
  expect(again(step + 3)).toBe(step + 3);
  expect(computed).toBe(stepsPerSlot);
});
