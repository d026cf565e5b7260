import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { userDishSchema } from '../../../netem/links/dish-schema.ts';
import { withObstruction } from '../../../netem/links/effect/obstruction.ts';
import { fibreLink } from '../../../netem/links/model/fibre-link.ts';
import type { LinkModel } from '../../../netem/links/model/link-model.ts';
import { timeline } from '../../../netem/links/model/timeline.ts';
import { type GroundPlace, Network } from '../../../netem/links/network.ts';
import type { PathLinks } from '../../../netem/links/path-links.ts';
import { networkSchema } from '../../../netem/links/schema.ts';
import { slotGrid } from '../../../netem/sky/path/time-grid.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';

const EPOCH_UNIX_MS = Date.UTC(2026, 0, 1, 0, 0, 12); // slots start at 0 s, 15 s, ...
const SLOT_MS = 15_000;
const SPAN_MS = 300_000;

const place = (name: string, latDeg: number, lonDeg: number): GroundPlace => {
  return { name, latDeg, lonDeg, terminal: true };
};
const LONDON = place('london', 51.5, -0.13);
const ASHBURN = place('ashburn', 39, -77.5);
const MADRID = place('madrid', 40.4, -3.7);
const STILL = { boundary: { durationMs: 0 } };

const networkOf = (config: object = {}, seed = 1): Network =>
  new Network({ config: networkSchema.parse({ stepMs: SLOT_MS, ...config }), epochUnixMs: EPOCH_UNIX_MS, seed });

const laser = (network: Network, from: GroundPlace, to: GroundPlace): PathLinks =>
  network.path({ from, to, medium: 'laser' });

/** Begin and end of each stretch in which nothing passes. */
const outagesOf = (link: LinkModel, untilMs = SPAN_MS): readonly (readonly [number, number])[] => {
  const found: [number, number][] = [];
  for (const { atMs, state } of timeline(link, 1000, untilMs)) {
    const last = found.at(-1);
    if (!state.up && (last === undefined || last[1] !== Number.POSITIVE_INFINITY))
      found.push([atMs, Number.POSITIVE_INFINITY]);
    else if (state.up && last !== undefined && last[1] === Number.POSITIVE_INFINITY) last[1] = atMs;
  }
  return found;
};

const anyEvents = fc.record({
  boundary: fc.record({
    durationMs: fc.integer({ min: 20, max: 500 }),
    leadMs: fc.integer({ min: 0, max: 400 }),
    spread: fc.integer({ min: 1, max: 9 }).map((tenths) => tenths / 10),
  }),
  obstruction: fc.record({ slotShare: fc.constantFrom(0, 0.2, 0.9), durationMs: fc.integer({ min: 100, max: 4000 }) }),
});

describe('a dish is one thing', () => {
  test('two paths of one terminal are down at the same instants, both ways', () => {
    fc.assert(
      fc.property(anyEvents, fc.nat(), (events, seed) => {
        const network = networkOf({}, seed);
        const london = { ...LONDON, ...events };
        const links = [
          laser(network, london, { ...ASHBURN, ...STILL }),
          laser(network, london, { ...MADRID, ...STILL }),
          laser(network, { ...MADRID, ...STILL }, london), // and where it is the far end
        ].flatMap(({ forward, back }) => [forward, back]);
        const [first, ...others] = links.map((link) => outagesOf(link));
        expect(first!.length).toBeGreaterThanOrEqual(19);
        for (const other of others) expect(other).toEqual(first);
      }),
      { numRuns: 25 },
    );
  });

  test('a path between two dishes is down when either is, and at no other time', () => {
    fc.assert(
      fc.property(anyEvents, anyEvents, fc.nat(), (near, far, seed) => {
        const network = networkOf({}, seed);
        const [from, to] = [
          { ...LONDON, ...near },
          { ...ASHBURN, ...far },
        ];
        const both = laser(network, from, to).back;
        const alone = [
          laser(network, from, { ...ASHBURN, ...STILL }).back,
          laser(network, { ...LONDON, ...STILL }, to).back,
        ];
        for (const link of [both, ...alone]) {
          for (const { atMs } of timeline(link, 0, SPAN_MS)) {
            expect(both.stateAt(atMs).up).toBe(alone.every((one) => one.stateAt(atMs).up));
          }
        }
        expect(outagesOf(alone[0]!)).not.toEqual(outagesOf(alone[1]!));
      }),
      { numRuns: 25 },
    );
  });

  test('rain over a site is over every dish there: its terminal, and those of all its users', () => {
    const network = networkOf();
    const wet = { ...LONDON, rain: [{ fromS: 10, toS: 20, lossRate: 0.3, rateFactor: 0.5 }] };
    const access = (name: string) => network.access({ client: wet, name, kind: 'starlink', pop: 'london', to: MADRID });
    for (const { forward } of [laser(network, wet, ASHBURN), laser(network, MADRID, wet), access('a'), access('b')]) {
      expect(forward.stateAt(15_000).lossRate).toBeGreaterThan(0.3);
      expect(forward.stateAt(25_000).lossRate).toBeLessThan(0.01);
    }
  });

  test('the users of two clients have a dish each, also at one site; the way behind the PoP is none of theirs', () => {
    const network = networkOf();
    const access = (name: string, to = MADRID) =>
      network.access({ client: LONDON, name, kind: 'starlink', pop: 'london', to }).back;
    expect(outagesOf(access('homes'))).not.toEqual(outagesOf(access('ships')));
    expect(outagesOf(access('homes', ASHBURN))).toEqual(outagesOf(access('homes')));
    const ownOf = (link: LinkModel) => [0, 1, 2, 3].map((slot) => link.stateAt(slot * SLOT_MS + 5000).delayUs);
    expect(ownOf(access('homes'))).not.toEqual(ownOf(access('ships')));
  });

  test('load fills the half of a dish that leads towards it, on every path of its terminal', () => {
    const network = networkOf();
    const busy = { ...LONDON, load: { share: 1 } };
    const addedUs = (half: 'forward' | 'back', from: GroundPlace, to: GroundPlace) =>
      [5000, 20_000, 35_000].map((atMs) => {
        const bare = laser(network, { ...from, load: {} }, { ...to, load: {} });
        return laser(network, from, to)[half].stateAt(atMs).delayUs - bare[half].stateAt(atMs).delayUs;
      });
    const away = addedUs('back', busy, MADRID);
    expect(Math.min(...away)).toBeGreaterThan(1000);
    const near = (us: readonly number[]) => us.map((value) => Math.round(value));
    expect(near(addedUs('back', busy, ASHBURN))).toEqual(near(away)); // one queue
    expect(near(addedUs('forward', MADRID, busy))).toEqual(near(away)); // to the same dish, from the other end
    expect(near(addedUs('forward', busy, MADRID))).toEqual([0, 0, 0]);
  });

  test('forecasts know the usual interruption of each dish, and its obstruction not', () => {
    const odd = { ...ASHBURN, boundary: { durationMs: 1000, leadMs: 500 }, obstruction: { slotShare: 1 } };
    const { foreseen } = laser(networkOf(), LONDON, odd);
    // At the boundary of 15 s: 175 ms before it for 150 ms, and 500 ms before it for a second.
    expect(outagesOf(foreseen.forward, 30_000)[0]).toEqual([14_500, 15_500]);
    expect(outagesOf(laser(networkOf(), LONDON, ASHBURN).foreseen.forward, 30_000)[0]).toEqual([14_825, 14_975]);
  });
});

describe('an obstruction', () => {
  const slots = slotGrid(EPOCH_UNIX_MS);
  const cable = fibreLink(1000, { stretch: 1, equipmentUs: 0, jitterUs: 0, lossRate: 0, rateKbps: 0 });
  const usual = { slotShare: 0.1, durationMs: 2000, spread: 0.5, passS: 261, arcChance: 0.7 };
  const slotsOf = (obstruction: typeof usual, stream: string, count = 4000) => {
    const outages = outagesOf(withObstruction(slots, obstruction, stream)(cable), count * SLOT_MS);
    return { outages, hit: new Set(outages.map(([fromMs]) => slots.indexAt(fromMs))) };
  };

  test('takes the configured share of slots, each within its slot and as long as configured', () => {
    for (const slotShare of [0.02, 0.1, 0.5, 0.9, 1]) {
      const { outages, hit } = slotsOf({ ...usual, slotShare }, `dish/${slotShare}`);
      const share = hit.size / 4000;
      expect(Math.abs(share - slotShare)).toBeLessThan(0.02 + 4 * Math.sqrt((slotShare * (1 - slotShare)) / 4000));
      for (const [fromMs, toMs] of outages) {
        expect(toMs - fromMs).toBeGreaterThanOrEqual(999.9);
        expect(toMs - fromMs).toBeLessThanOrEqual(3000.1);
        expect(slots.indexAt(toMs - 0.01)).toBe(slots.indexAt(fromMs));
      }
    }
  });

  test('comes again when the satellites are where they were, a pass later, and not half a pass later', () => {
    const passS = 300; // twenty slots
    const { hit } = slotsOf({ ...usual, passS }, 'dish');
    const againAfter = (later: number) => [...hit].filter((slot) => hit.has(slot + later)).length / hit.size;
    expect(againAfter(20)).toBeGreaterThan(0.5);
    expect(againAfter(10)).toBe(0);
  });

  test('blocks another part of the sky over another dish', () => {
    const [a, b] = ['a', 'b'].map((stream) => slotsOf({ ...usual, passS: 300 }, stream).hit);
    expect([...a!]).not.toEqual([...b!]);
  });
});

describe('what is special about one dish, in a scenario', () => {
  const text = (site: string, access: string) => `
schema: 1
name: t
sites:
  london: { latDeg: 51.5, lonDeg: 0, terminal: true }
  lagos: { latDeg: 6.5, lonDeg: 3.4${site} }
network:
  access: { starlink: { boundary: { durationMs: 80, spread: 0 }, overhead: { floorUs: 9000, heldMedianUs: 0, uplinkWaitUs: 0, variedMedianUs: 0 } } }
router: { site: london }
clients:
  plain: { site: lagos, access: { kind: starlink, pop: lagos } }
  own: { site: lagos, access: { kind: starlink, pop: lagos${access} } }
nodes: { london: { site: london, media: [fibre], profile: h100-llama8b } }
load: { ratePerS: 1 }
`;
  const accessOf = (access: string, site = '') => {
    const { clients } = topologyOf(parseScenario(text(site, access), 't.yaml'));
    const [plain, own] = clients.map(({ links }) => links);
    return { plain: plain!, own: own! };
  };

  test('is what its client says, key by key; every other key is that of the network', () => {
    const { plain, own } = accessOf(
      ', downKbps: 5000, boundary: { leadMs: 0 }, overhead: { floorUs: 1000 }, load: { share: 1 }',
    );
    expect([plain, own].map(({ back }) => back.stateAt(8000).rateKbps)).toEqual([178_000, 5000]);
    expect([plain, own].map(({ forward }) => forward.stateAt(8000).rateKbps)).toEqual([17_000, 17_000]);
    const lengthsMs = [plain, own].map(({ forward }) =>
      outagesOf(forward).map(([fromMs, toMs]) => Math.round(toMs - fromMs)),
    );
    for (const length of lengthsMs.flat()) expect(length).toBe(80);
    expect(outagesOf(own.forward)[0]![0] - outagesOf(plain.forward)[0]![0]).toBeCloseTo(175, 6);
    const leastUs = ({ forward }: PathLinks) =>
      Math.min(...Array.from({ length: 200 }, (_, slot) => forward.stateAt(slot * SLOT_MS + 5000).delayUs));
    expect((leastUs(plain) - leastUs(own)) / 1000).toBeCloseTo(8, 0);
    expect(own.back.stateAt(8000).lossRate - plain.back.stateAt(8000).lossRate).toBeCloseTo(0.014, 3);
  });

  test('has a bounded queue of its own, whole: not half of it from the network', () => {
    const states = (own: object) => {
      const starlink = { queue: { limitMs: 50, drop: 'front' } };
      const dish = userDishSchema.parse(own);
      const options = { client: MADRID, kind: 'starlink', pop: 'madrid', dish, to: LONDON } as const;
      return networkOf({ access: { starlink } }).access(options).forward.stateAt(5000);
    };
    expect(states({}).queue).toEqual({ limit: 50, unit: 'ms', drop: 'front' });
    expect(states({ queue: { limitBytes: 9000 } }).queue).toEqual({ limit: 9000, unit: 'bytes', drop: 'tail' });
    expect(states({ burstLoss: { p: 0.01, r: 0.2 } })).toMatchObject({ burst: expect.anything() });
  });

  test.each([
    [
      'a key that none has',
      ', overhead: { florUs: 3 }',
      '',
      /t\.yaml:\d+:\d+: clients\.own\.access\.overhead\.florUs .*did you mean "floorUs"\?/,
    ],
    ['a value out of range', ', boundary: { spread: 2 }', '', /clients\.own\.access\.boundary\.spread is 2/],
    [
      'an interruption where no terminal stands',
      '',
      ', boundary: { durationMs: 3 }',
      /sites\.lagos\.boundary is a map, but no terminal stands here/,
    ],
  ])('is refused with %s', (_, access, site, message) => {
    expect(() => accessOf(access, site)).toThrow(message);
  });
});
