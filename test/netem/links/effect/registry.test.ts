import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { drawAt, streamKey } from '../../../../core/random/rng.ts';
import { linkEffect } from '../../../../netem/links/effect/link-effect.ts';
import { type LinkEffects, linkEffects } from '../../../../netem/links/effect/registry.ts';
import { withState } from '../../../../netem/links/effect/with-state.ts';
import { foreseeable, unforeseen } from '../../../../netem/links/model/foreseeable.ts';
import { Network } from '../../../../netem/links/network.ts';
import type { PathLinks } from '../../../../netem/links/path-links.ts';
import { pathSchemaWith } from '../../../../netem/links/path-schema.ts';
import { networkSchemaWith } from '../../../../netem/links/schema.ts';

/** A toy that adds up to twice what the file says: as much, and a draw. No forecast knows of it. */
const dustEffect = linkEffect({
  key: 'dust',
  schema: () => z.strictObject({ addedUs: z.number().min(0).default(100) }),
  usual: { addedUs: 0 },
  build: ({ addedUs }, { stream, direction }) => {
    const draw = drawAt(streamKey(`${stream}/${direction}`), 0);
    return unforeseen(withState((state) => ({ ...state, delayUs: state.delayUs + addedUs * (1 + draw) })));
  },
});

const doublingEffect = linkEffect({
  key: 'doubling',
  schema: () => z.boolean(),
  usual: false,
  build: (isOn) => foreseeable(withState((state) => (isOn ? { ...state, delayUs: state.delayUs * 2 } : state))),
});

/** The same toy on dishes, so that a section of a file may hold both. */
const grimeEffect = linkEffect({ ...dustEffect, key: 'grime' });
const hazeEffect = linkEffect({
  key: 'haze',
  schema: () => z.number().min(0),
  usual: 0,
  build: (hazeUs) => foreseeable(withState((state) => ({ ...state, delayUs: state.delayUs + hazeUs }))),
});

/** The registry as it is with one line more in each of its lists. */
const withToys = {
  cable: [...linkEffects.cable, dustEffect, doublingEffect],
  laser: [...linkEffects.laser, hazeEffect],
  way: [...linkEffects.way, dustEffect, doublingEffect],
  weather: [...linkEffects.weather, dustEffect],
  dish: [...linkEffects.dish, grimeEffect],
  path: [...linkEffects.path, dustEffect],
} as const satisfies LinkEffects;

const networkOf = (config: object, seed = 1): Network =>
  new Network({
    config: networkSchemaWith(withToys).parse(config),
    epochUnixMs: Date.parse('2026-01-01T00:00:00Z'),
    seed,
    effects: withToys,
  });

const LONDON = { name: 'london', latDeg: 51.5, lonDeg: -0.1, terminal: true };
const MADRID = { name: 'madrid', latDeg: 40.4, lonDeg: -3.7, terminal: true };
const DUST = { dust: { addedUs: 1000 } };

type Made = (network: Network) => PathLinks;
const fibre: Made = (network) => network.path({ from: LONDON, to: MADRID, medium: 'fibre' });
const laser: Made = (network) => network.path({ from: LONDON, to: MADRID, medium: 'laser' });
const home: Made = (network) => network.access({ client: MADRID, kind: 'fibre', to: LONDON });
const dish: Made = (network) => network.access({ client: MADRID, kind: 'starlink', pop: 'madrid', to: LONDON });

/** How much longer one way takes than without `config`, in microseconds, both ways. */
const addedUs = (made: Made, config: object, seed = 1): readonly number[] => {
  const [under, bare] = [made(networkOf(config, seed)), made(networkOf({}, seed))];
  return [
    under.forward.stateAt(8000).delayUs - bare.forward.stateAt(8000).delayUs,
    under.back.stateAt(8000).delayUs - bare.back.stateAt(8000).delayUs,
  ];
};

describe('an effect that is added to the registry', () => {
  test('is a key of every section of its list, checked like any, and off without a value in the file', () => {
    const schema = networkSchemaWith(withToys);
    const { fibre: cable, laser: terminal, access } = schema.parse({});
    expect(cable).toMatchObject({ dust: { addedUs: 0 }, doubling: false });
    expect(access.fibre).toMatchObject({ dust: { addedUs: 0 } });
    expect(terminal).toMatchObject({ dust: { addedUs: 0 } });
    expect(terminal).toMatchObject({ haze: 0 });
    expect(access.starlink).toMatchObject({ dust: { addedUs: 0 }, doubling: false });
    expect(schema.parse({ fibre: { dust: {} } }).fibre.dust.addedUs).toBe(100);
    expect(schema.safeParse({ fibre: { dust: { addedUs: -1 } } }).success).toBe(false);
    expect(terminal).toMatchObject({ grime: { addedUs: 0 } });
    expect(schema.safeParse({ fibre: { grime: {} } }).success).toBe(false); // it is in no list of cables
    expect(networkSchemaWith(linkEffects).safeParse({ fibre: DUST }).success).toBe(false);
    expect(pathSchemaWith(withToys).parse({ laser: {} })).toMatchObject({
      dust: { addedUs: 0 },
      laser: { dust: { addedUs: 0 } },
    });
  });

  test.each<[section: string, config: object, under: Made, others: readonly Made[]]>([
    ['cables between sites', { fibre: DUST }, fibre, [laser, home]],
    ['cables of users', { access: { fibre: DUST } }, home, [fibre, laser, dish]],
    ['ways between sites through space', { laser: DUST }, laser, [fibre, home, dish]],
    ['ways of users through space', { access: { starlink: DUST } }, dish, [fibre, laser, home]],
    ['dishes of users', { access: { starlink: { grime: { addedUs: 1000 } } } }, dish, [fibre, laser, home]],
  ])('acts on %s and on nothing else', (_, config, under, others) => {
    for (const us of addedUs(under, config)) {
      expect(us).toBeGreaterThanOrEqual(1000 - 1e-6);
      expect(us).toBeLessThan(2000);
    }
    for (const other of others) expect(addedUs(other, config)).toEqual([0, 0]);
  });

  test('acts on the cable behind a PoP, which is one between sites', () => {
    expect(addedUs(dish, { fibre: DUST })[0]).toBeGreaterThanOrEqual(1000 - 1e-6);
  });

  test.each(['dust', 'grime'])('acts on the dishes at both ends of a laser path, and once for one site: %s', (key) => {
    const network = networkOf({});
    const dusty = { ...LONDON, [key]: { addedUs: 10_000 } };
    const delayUs = (from: object, to: object) =>
      network.path({ from: from as typeof LONDON, to: to as typeof LONDON, medium: 'laser' }).forward.stateAt(8000)
        .delayUs;
    const oneUs = delayUs(dusty, MADRID) - delayUs(LONDON, MADRID);
    expect(oneUs).toBeGreaterThanOrEqual(10_000 - 1e-6);
    expect(delayUs(dusty, { ...MADRID, [key]: { addedUs: 10_000 } }) - delayUs(LONDON, MADRID)).toBeGreaterThan(oneUs);
    expect(delayUs(dusty, dusty) - delayUs(LONDON, LONDON)).toBeCloseTo(oneUs, 3);
  });

  test('acts on one path over any medium, or over lasers alone', () => {
    const network = networkOf({});
    const pathOf = (medium: 'fibre' | 'laser', config: object) =>
      network
        .path({ from: LONDON, to: MADRID, medium, config: pathSchemaWith(withToys).parse(config) })
        .forward.stateAt(8000).delayUs;
    for (const medium of ['fibre', 'laser'] as const) expect(pathOf(medium, DUST)).toBeGreaterThan(pathOf(medium, {}));
    expect(pathOf('laser', { laser: DUST })).toBeGreaterThan(pathOf('laser', {}));
    expect(pathOf('fibre', { laser: DUST })).toBe(pathOf('fibre', {}));
    expect(pathOf('fibre', { fibre: DUST })).toBeGreaterThan(pathOf('fibre', {}));
  });

  test('acts on the lasers of all paths, and one path may have another value, but not on dishes of users', () => {
    const delayUs = (config: object, own: object = {}) =>
      networkOf(config)
        .path({ from: LONDON, to: MADRID, medium: 'laser', config: pathSchemaWith(withToys).parse(own) })
        .forward.stateAt(8000).delayUs;
    const bareUs = delayUs({});
    expect(delayUs({ laser: { haze: 500 } })).toBeCloseTo(bareUs + 500, 6);
    expect(delayUs({ laser: { haze: 500 } }, { laser: { haze: 90 } })).toBeCloseTo(bareUs + 90, 6);
    expect(delayUs({ laser: { haze: 500 } }, { laser: { lossRate: 0.5 } })).toBeCloseTo(bareUs + 500, 6);
    expect(networkSchemaWith(withToys).safeParse({ access: { starlink: { haze: 1 } } }).success).toBe(false);
  });

  test('is applied in the order of the list: the first is the innermost', () => {
    const [bareUs] = [fibre(networkOf({})).forward.stateAt(0).delayUs];
    const dustUs = addedUs(fibre, { fibre: DUST })[0]!;
    const bothUs = addedUs(fibre, { fibre: { ...DUST, doubling: true } })[0]!;
    expect(bothUs).toBeCloseTo(bareUs + 2 * dustUs, 6);
  });

  test('is known to forecasts as far as it declares', () => {
    const foreseenUs = (config: object) => fibre(networkOf(config)).foreseen.forward.stateAt(0).delayUs;
    expect(foreseenUs({ fibre: DUST })).toBe(foreseenUs({}));
    expect(foreseenUs({ fibre: { doubling: true } })).toBeCloseTo(2 * foreseenUs({}), 6);
  });

  test('draws by the seed, and otherwise in each direction, where it asks for that (I11)', () => {
    const [up, down] = addedUs(fibre, { fibre: DUST });
    expect(up).not.toBe(down);
    expect(addedUs(fibre, { fibre: DUST }, 2)[0]).not.toBe(up);
    expect(addedUs(fibre, { fibre: DUST })).toEqual([up, down]);
  });
});
