import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LinkModel } from '../../../../netem/links/model/link-model.ts';
import { timeline } from '../../../../netem/links/model/timeline.ts';
import { type GroundPlace, Network } from '../../../../netem/links/network.ts';
import type { PathLinks } from '../../../../netem/links/path-links.ts';
import { networkSchema } from '../../../../netem/links/schema.ts';

const EPOCH_UNIX_MS = Date.UTC(2026, 0, 1, 19, 0, 6); // busy hours in London and Lagos
const SPAN_MS = 90_000;

/** Nothing is drawn but by the satellites, and those take the shortest way. */
const STILL = {
  overhead: { floorUs: 0, heldMedianUs: 0, uplinkWaitUs: 0, variedMedianUs: 0, jitterUs: 0 },
  boundary: { durationMs: 0 },
};

const micros = fc.integer({ min: 500, max: 20_000 });
const sigma = fc.integer({ min: 2, max: 20 }).map((tenths) => tenths / 10);
const share = fc.integer({ min: 1, max: 10 }).map((tenths) => tenths / 10);
const anyPersistence = fc.constantFrom(0, 0.5, 0.95);

/** Each effect with draws, on its own, with any parameters under which it draws: keys of `network.laser` and of a user's dish. */
const DRAWS: Readonly<Record<string, fc.Arbitrary<object>>> = {
  'the held overhead': fc
    .record({ heldMedianUs: micros, heldSigma: sigma, persistence: anyPersistence })
    .map((overhead) => ({
      ...STILL,
      overhead: { ...STILL.overhead, heldMostUs: 1e7, variedMostUs: 1e7, ...overhead },
    })),
  'the varied overhead': fc.record({ variedMedianUs: micros, variedSigma: sigma }).map((overhead) => ({
    ...STILL,
    overhead: { ...STILL.overhead, heldMostUs: 1e7, variedMostUs: 1e7, ...overhead },
  })),
  'the length and the lead of interruptions': fc
    .record({ durationMs: fc.integer({ min: 50, max: 500 }), leadMs: fc.integer({ min: 0, max: 400 }), spread: share })
    .map(({ spread, ...boundary }) => ({ ...STILL, boundary: { ...boundary, spread: 0.9 * spread } })),
  'the moments of obstructions': fc
    .record({ durationMs: fc.integer({ min: 1, max: 5000 }), spread: fc.constantFrom(0, 0.9) })
    .map((obstruction) => ({ ...STILL, obstruction: { slotShare: 1, ...obstruction } })),
  'the waits behind neighbours': fc
    .record({ queueUs: micros, queueSigma: sigma, persistence: anyPersistence })
    .map((busyHours) => ({ ...STILL, busyHours })),
  'the waits under a download': fc
    .record({ share, queueUs: micros, queueSkew: sigma })
    .chain((load) => anyPersistence.map((persistence) => ({ ...STILL, load: { ...load, persistence } }))),
  'the waits under an upload': fc
    .record({ share, queueUs: micros, queueSkew: sigma })
    .map((upload) => ({ ...STILL, load: { upload } })),
  'the waits of the busy hour': fc
    .record({ busyShare: share, queueUs: micros, queueSkew: sigma })
    .map((load) => ({ ...STILL, load })),
};

/** Draws of users' dishes alone. */
const POPULATIONS: Readonly<Record<string, fc.Arbitrary<object>>> = {
  'the dish that a population gives': fc.record({ spread: share }).map(({ spread }) => ({
    ...STILL,
    overhead: {},
    population: { like: [{ ...STILL.overhead, floorUs: 5000 }], spread },
  })),
};

const place = (name: string, latDeg: number, lonDeg: number): GroundPlace => {
  return { name, latDeg, lonDeg, terminal: true };
};

const networkOf = (config: object, seed: number): Network =>
  new Network({
    config: networkSchema.parse({ constellation: { choice: 'shortest' }, stepMs: 15_000, ...config }),
    epochUnixMs: EPOCH_UNIX_MS,
    seed,
  });

type Made = (config: object, seed: number, name?: string) => PathLinks;
const laser: Made = (config, seed, name = 'london') =>
  networkOf({ laser: config }, seed).path({
    from: place(name, 51.5, -0.1),
    to: place('lagos', 6.5, 3.4),
    medium: 'laser',
  });
const home: Made = ({ overhead, ...starlink }: { overhead?: object }, seed, name = 'lagos') =>
  networkOf({ access: { starlink: { ...starlink, ...(overhead === undefined ? {} : { overhead }) } } }, seed).access({
    client: place('lagos', 6.5, 3.4),
    name,
    kind: 'starlink',
    pop: 'lagos',
    to: place('london', 51.5, -0.1),
  });

const states = (link: LinkModel): readonly unknown[] => [...timeline(link, 0, SPAN_MS)];
const played = ({ forward, back }: Pick<PathLinks, 'forward' | 'back'>): readonly unknown[] => [
  ...states(forward),
  ...states(back),
];

const CASES: readonly (readonly [draw: string, where: string, made: Made, parameters: fc.Arbitrary<object>])[] = [
  ...Object.entries(DRAWS).flatMap(([draw, parameters]) => [
    [draw, 'a terminal', laser, parameters] as const,
    [draw, "a user's dish", home, parameters] as const,
  ]),
  ...Object.entries(POPULATIONS).map(([draw, parameters]) => [draw, "a user's dish", home, parameters] as const),
];

describe('I11: whatever its parameters', () => {
  test.each(CASES)(
    'another seed, and another name, changes %s of %s, and an equal one does not',
    (_, __, made, parameters) => {
      fc.assert(
        fc.property(parameters, fc.nat(), fc.nat(), (config, seed, otherSeed) => {
          const drawn = played(made(config, seed));
          expect(played(made(config, seed))).toEqual(drawn);
          if (seed !== otherSeed) expect(played(made(config, otherSeed))).not.toEqual(drawn);
          expect(played(made(config, seed, 'elsewhere'))).not.toEqual(drawn);
        }),
        { numRuns: 7 },
      );
    },
  );

  // The dish that a population gives is known, so it is not among these.
  test.each(CASES.filter(([draw]) => draw in DRAWS))(
    'a forecast knows nothing of %s of %s but what any seed has',
    (_, __, made, parameters) => {
      fc.assert(
        fc.property(parameters, fc.nat(), fc.nat(), (config, seed, otherSeed) => {
          const [known, others] = [made(config, seed), made(config, otherSeed)].map(({ foreseen }) => played(foreseen));
          expect(known).toEqual(others);
        }),
        { numRuns: 4 },
      );
    },
  );
});
