import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vacuumUs } from '../../../core/units.ts';
import { measuredPath } from '../../../netem/links/measured-path.ts';
import type { LinkModel } from '../../../netem/links/model/link-model.ts';
import { timeline } from '../../../netem/links/model/timeline.ts';
import { Network } from '../../../netem/links/network.ts';
import type { PathLinks } from '../../../netem/links/path-links.ts';
import { networkSchema } from '../../../netem/links/schema.ts';
import { recordedLinks } from '../../../netem/links/trace/recorded-link.ts';
import { groundPoint, WGS84 } from '../../../netem/sky/orbit/earth.ts';
import { greatCircleKm } from '../../../netem/sky/path/great-circle.ts';
import type { Place } from '../../../netem/sky/path/place.ts';

const EPOCH_UNIX_MS = Date.UTC(2026, 0, 1, 0, 0, 6);

const networkOf = (config: unknown = {}, seed = 1): Network =>
  new Network({ config: networkSchema.parse(config), epochUnixMs: EPOCH_UNIX_MS, seed });

const site = (name: string, latDeg: number, lonDeg: number, terminal = true): Place => {
  return { name, latDeg, lonDeg, terminal };
};
const LONDON = site('london', 51.5074, -0.1278);
const ASHBURN = site('ashburn', 39.0438, -77.4874);
const LAGOS = site('lagos', 6.5244, 3.3792);

const rttMsAt = ({ forward, back }: Pick<PathLinks, 'forward' | 'back'>, atMs: number): number =>
  (forward.stateAt(atMs).delayUs + back.stateAt(atMs).delayUs) / 1000;

const staysFinite = (link: LinkModel, atMs: number): boolean =>
  Object.values(link.stateAt(atMs)).every((value) => typeof value === 'boolean' || Number.isFinite(value));

describe('no path is faster than light (I5)', () => {
  const chordUs = (a: Place, b: Place): number => {
    const [p, q] = [a, b].map(({ latDeg, lonDeg }) => groundPoint(WGS84, latDeg, lonDeg).atKm);
    return vacuumUs(Math.hypot(p![0] - q![0], p![1] - q![1], p![2] - q![2]));
  };
  const anyPlace = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    latDeg: fc.double({ min: -90, max: 90, noNaN: true }),
    lonDeg: fc.double({ min: -180, max: 180, noNaN: true }),
    terminal: fc.constant(true),
  });
  const anyConstellation = fc.oneof(
    fc.record({
      preset: fc.constantFrom('kuiper-k1', 'telesat-t1', 'oneweb'),
      choice: fc.constantFrom('held', 'shortest'),
    }),
    fc.record({
      shells: fc.array(
        fc.record({
          altitudeKm: fc.integer({ min: 350, max: 1500 }),
          inclinationDeg: fc.integer({ min: 30, max: 110 }),
          planes: fc.integer({ min: 10, max: 24 }),
          satellitesPerPlane: fc.integer({ min: 10, max: 24 }),
          phasing: fc.integer({ min: 0, max: 9 }),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      choice: fc.constantFrom('held', 'shortest'),
    }),
  );
  const anyAtMs = fc.integer({ min: 0, max: 86_400_000 });

  test('in space: not than the straight line through the Earth, nor there and back than twice along its surface', () => {
    let up = 0;
    fc.assert(
      fc.property(anyConstellation, anyPlace, anyPlace, anyAtMs, (constellation, from, to, atMs) => {
        const links = networkOf({ constellation }).path({ from, to, medium: 'laser' });
        for (const { forward, back } of [links, links.foreseen]) {
          for (const link of [forward, back]) {
            const { delayUs, jitterUs } = link.stateAt(atMs);
            expect(delayUs - jitterUs).toBeGreaterThanOrEqual(chordUs(from, to));
            expect(staysFinite(link, atMs)).toBe(true);
          }
          expect(rttMsAt({ forward, back }, atMs)).toBeGreaterThanOrEqual(
            (2 * vacuumUs(greatCircleKm(from, to))) / 1000,
          );
        }
        if (links.forward.stateAt(atMs).up) up++;
      }),
      { numRuns: 200 },
    );
    expect(up).toBeGreaterThan(20); // a property of links that are down would say nothing
  });

  test('on fibre and through PoPs', () => {
    const network = networkOf();
    fc.assert(
      fc.property(anyPlace, anyPlace, anyAtMs, (from, to, atMs) => {
        for (const links of [
          network.path({ from, to, medium: 'fibre' }),
          network.access({ client: from, kind: 'fibre', to }),
          network.access({ client: from, kind: 'starlink', to }),
        ]) {
          for (const link of [links.forward, links.back]) {
            const { delayUs, jitterUs } = link.stateAt(atMs);
            expect(delayUs - jitterUs).toBeGreaterThanOrEqual(chordUs(from, to));
            expect(staysFinite(link, atMs)).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a laser path', () => {
  const bare = {
    overhead: { floorUs: 0, heldMedianUs: 0, heldSigma: 0, jitterUs: 0 },
    boundary: { durationMs: 0 },
  };

  test('through one satellite takes at least 7.34 ms there and back', () => {
    const links = networkOf({ laser: bare }).path({ from: LONDON, to: site('thames', 51.5, 0.1), medium: 'laser' });
    for (let atMs = 0; atMs < 300_000; atMs += 1000) expect(rttMsAt(links, atMs)).toBeGreaterThanOrEqual(7.338);
  });

  test('beats any cable from London to Ashburn by far, though its satellites are not the best', () => {
    const network = networkOf();
    const laser = network.path({ from: LONDON, to: ASHBURN, medium: 'laser' });
    const fibre = network.path({ from: LONDON, to: ASHBURN, medium: 'fibre' });
    for (let atMs = 0; atMs < 300_000; atMs += 1000) expect(rttMsAt(laser, atMs)).toBeLessThan(rttMsAt(fibre, atMs));
  });

  test('changes at each step and re-chooses satellites at each slot and never between', () => {
    const links = networkOf({ laser: bare }).path({ from: LONDON, to: ASHBURN, medium: 'laser' });
    const changes = [...timeline(links.forward, 0, 600_000)];
    const jumpUs = (slotStart: boolean) =>
      changes
        .slice(1)
        .map(({ atMs, state }, index) => ({ atMs, us: Math.abs(state.delayUs - changes[index]!.state.delayUs) }))
        .filter(({ atMs }) => ((atMs - 6000) % 15_000 === 0) === slotStart)
        .map(({ us }) => us)
        .toSorted((a, b) => a - b);
    expect(changes.length).toBeGreaterThan(590);
    expect(jumpUs(true)).toHaveLength(40);
    expect(jumpUs(true)[20]!).toBeGreaterThan(10 * jumpUs(false)[280]!);
  });

  test('has the same geometry both ways, but not the same overhead', () => {
    const geometry = networkOf({ laser: bare }).path({ from: LONDON, to: ASHBURN, medium: 'laser' });
    const full = networkOf().path({ from: LONDON, to: ASHBURN, medium: 'laser' });
    expect(geometry.forward.stateAt(8000).delayUs).toBe(geometry.back.stateAt(8000).delayUs);
    expect(full.forward.stateAt(8000).delayUs).not.toBe(full.back.stateAt(8000).delayUs);
  });

  test('is down both ways at once, just before a slot', () => {
    const { forward, back, slots } = networkOf().path({ from: LONDON, to: ASHBURN, medium: 'laser' });
    expect(slots).toEqual({ periodMs: 15_000, offsetMs: -9000 });
    const ups = (link: LinkModel) => [5800, 5900, 6100].map((atMs) => link.stateAt(atMs).up);
    expect(ups(forward)).toEqual([true, false, true]);
    expect(ups(back)).toEqual(ups(forward));
  });

  test('needs a terminal at both ends', () => {
    const to = site('frankfurt', 50.1, 8.7, false);
    expect(() => networkOf().path({ from: LONDON, to, medium: 'laser' })).toThrow(
      /^sites\.frankfurt\.terminal is false/,
    );
  });

  test('is down, with a finite delay, where no satellite is seen', () => {
    const { forward } = networkOf().path({ from: LONDON, to: site('pole', 89, 0), medium: 'laser' });
    expect(forward.stateAt(1000).up).toBe(false);
    expect(forward.stateAt(1000).delayUs).toBeGreaterThan(0);
    expect(staysFinite(forward, 1000)).toBe(true);
  });

  test('runs through any of the shells of a generation, and each has a way', () => {
    const constellation = { preset: 'starlink-gen1' };
    const links = networkOf({ constellation, laser: bare }).path({ from: LONDON, to: LAGOS, medium: 'laser' });
    for (let atMs = 0; atMs < 120_000; atMs += 5000) expect(links.forward.stateAt(atMs).up).toBe(true);
  });
});

describe('a link of the network', () => {
  test('is a pure function of scenario and time: neither other links nor the order of questions move it', () => {
    const pathOf = (network: Network) => network.path({ from: LONDON, to: LAGOS, medium: 'laser' }).forward;
    const instants = Array.from({ length: 40 }, (_, index) => index * 777);
    const inOrder = pathOf(networkOf());
    const expected = instants.map((atMs) => inOrder.stateAt(atMs));
    const busy = networkOf();
    const other = busy.access({ client: LAGOS, kind: 'starlink', pop: 'lagos', to: LONDON }).forward;
    const backwards = pathOf(busy);
    const found = instants.toReversed().map((atMs) => {
      other.stateAt(atMs * 3);
      return backwards.stateAt(atMs);
    });
    expect(found.toReversed()).toEqual(expected);
    expect(instants.map((atMs) => pathOf(networkOf({}, 2)).stateAt(atMs))).not.toEqual(expected);
  });

  test('keeps its state from one change to the next', () => {
    const network = networkOf({ stepMs: 700 });
    const links = [
      network.path({ from: LONDON, to: ASHBURN, medium: 'laser' }).forward,
      network.access({ client: LAGOS, kind: 'starlink', pop: 'lagos', to: LONDON }).back,
    ];
    for (const link of links) {
      let edgeMs = 0;
      for (let atMs = 0; atMs < 60_000; atMs += 10) {
        while ((link.nextChangeAfter(edgeMs) ?? Number.POSITIVE_INFINITY) <= atMs)
          edgeMs = link.nextChangeAfter(edgeMs)!;
        expect(link.stateAt(atMs)).toEqual(link.stateAt(edgeMs));
      }
    }
  });

  test('is known to forecasts, except for random draws', () => {
    const { forward, foreseen } = networkOf().path({ from: LONDON, to: ASHBURN, medium: 'laser' });
    for (let atMs = 500; atMs < 60_000; atMs += 1000) {
      expect(Math.abs(foreseen.forward.stateAt(atMs).delayUs - forward.stateAt(atMs).delayUs)).toBeLessThan(5000);
    }
  });
});

describe('a recorded access', () => {
  const accessOf = (rttMs: number) => {
    const recording = { kind: 'trace', file: 'x.csv', format: 'auto', windowMs: null } as const;
    const textOf = () => `timestamp,rtt\n0,${rttMs}\n1,${2 * rttMs}\n`;
    const recorded = (leastOneWayUs: number) => recordedLinks(recording, { textOf, leastOneWayUs });
    return measuredPath({ from: LAGOS, to: LONDON, recorded, name: 'clients.lagos.access' }).links;
  };

  test('is as it was measured, over and over, and foreseen without it', () => {
    const links = accessOf(80);
    expect([0, 1000, 2000].map((atMs) => rttMsAt(links, atMs))).toEqual([80, 160, 80]);
    expect(links.foreseen.forward.nextChangeAfter(0)).toBe(null);
  });

  test('is refused when it is faster than light (I5)', () => {
    expect(() => accessOf(20)).toThrow(
      /^clients\.lagos\.access has round trips of 20\.0 ms, but light takes 33\.\d ms from lagos to london and back$/,
    );
  });
});

describe('Starlink access', () => {
  test('is as slow as user terminals measured to their PoPs', () => {
    const measured = readFileSync(new URL('../../../netem/data/ut-to-pop-rtt-summary.csv', import.meta.url), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .filter((line) => !line.startsWith('ulukhaktok')) // far north, where laser paths to a far gateway are the rule
      .map((line) => line.split(',').slice(2).map(Number));
    const mean = (column: number) => measured.reduce((sum, row) => sum + row[column]!, 0) / measured.length;
    const network = networkOf();
    const rttMs = [
      site('seattle', 47.61, -122.33),
      site('bruhl', 50.83, 6.91),
      site('manila', 14.6, 121),
      site('louvain', 50.67, 4.6),
      site('brisbane', -27.47, 153.03),
    ].flatMap((client) => {
      const pop = { bruhl: 'frankfurt', louvain: 'frankfurt', brisbane: 'sydney' }[client.name] ?? client.name;
      const to = { ...network.pops.find(({ name }) => name === pop)!, terminal: false };
      const links = network.access({ client, kind: 'starlink', pop, to });
      return Array.from({ length: 400 }, (_, index) => {
        const atMs = index * 15_000 + 9000;
        const draw = (salt: number) => 2 * ((index * salt) % 1) - 1; // evenly spread over -1 to 1
        const { forward, back } = links;
        const jitterUs = draw(Math.SQRT2) * forward.stateAt(atMs).jitterUs + draw(Math.E) * back.stateAt(atMs).jitterUs;
        return rttMsAt(links, atMs) + jitterUs / 1000;
      });
    });
    const sorted = rttMs.toSorted((a, b) => a - b);
    const [p5, p50, p95] = [0.05, 0.5, 0.95].map((quantile) => sorted[Math.floor(sorted.length * quantile)]!);
    expect(Math.abs(p5! / mean(1) - 1)).toBeLessThan(0.15);
    expect(Math.abs(p50! / mean(3) - 1)).toBeLessThan(0.1);
    expect(Math.abs(p95! / mean(5) - 1)).toBeLessThan(0.15);
    expect(sorted[0]!).toBeGreaterThan(13);
  });

  test.each([
    ['a download', { load: { share: 1 } }, [95, 175, 210], 0.014, 'back'],
    ['an upload', { load: { upload: { share: 1 } } }, [104, 237, 310], 0.016, 'forward'],
  ] as const)(
    'under %s takes what was measured at p50, p95 and p99, and loses more that way',
    (_, starlink, measuredMs, lost, half) => {
      const client = site('louvain', 50.67, 4.6);
      const network = networkOf({ stepMs: 15_000, access: { starlink } });
      const to = { ...network.pops.find(({ name }) => name === 'frankfurt')!, terminal: false };
      const links = network.access({ client, kind: 'starlink', pop: 'frankfurt', to });
      const count = 20_000;
      const rttMs = Array.from({ length: count }, (_, index) => {
        const atMs = index * 1500;
        const draw = (salt: number) => 2 * ((index * salt) % 1) - 1;
        const { forward, back } = links;
        const jitterUs = draw(Math.SQRT2) * forward.stateAt(atMs).jitterUs + draw(Math.E) * back.stateAt(atMs).jitterUs;
        return rttMsAt(links, atMs) + jitterUs / 1000;
      }).sort((a, b) => a - b);
      for (const [index, share] of [0.5, 0.95, 0.99].entries()) {
        expect(Math.abs(rttMs[Math.floor(count * share)]! / measuredMs[index]! - 1)).toBeLessThan(0.1);
      }
      const other = half === 'back' ? 'forward' : 'back';
      expect(links[half].stateAt(0).lossRate - links[other].stateAt(0).lossRate).toBeCloseTo(lost, 3);
    },
  );

  test('is tunnelled to its PoP first, however near the router is', () => {
    const access = (pop: string) => networkOf().access({ client: LAGOS, kind: 'starlink', pop, to: LAGOS });
    expect(rttMsAt(access('london'), 1000) - rttMsAt(access('lagos'), 1000)).toBeGreaterThan(50);
  });

  test('is slower up than down', () => {
    const { forward, back } = networkOf().access({ client: LAGOS, kind: 'starlink', to: LONDON });
    expect([forward.stateAt(0).rateKbps, back.stateAt(0).rateKbps]).toEqual([17_000, 178_000]);
  });

  test('through an unknown PoP names the nearest one', () => {
    const access = (pop: string) => () => networkOf().access({ client: LAGOS, kind: 'starlink', pop, to: LONDON });
    expect(access('new-yrok')).toThrow('access.pop is "new-yrok", which is no PoP; did you mean "new-york"?');
    expect(access('atlantis')).toThrow(/atlanta/);
  });
});
