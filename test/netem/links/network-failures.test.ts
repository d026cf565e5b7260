import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeline } from '../../../netem/links/model/timeline.ts';
import { Network } from '../../../netem/links/network.ts';
import type { PathLinks } from '../../../netem/links/path-links.ts';
import { networkSchema } from '../../../netem/links/schema.ts';
import { failuresSchema } from '../../../netem/sky/failures-schema.ts';
import type { Place } from '../../../netem/sky/path/place.ts';
import { spaceOf } from '../../../netem/sky/path/space.ts';

const EPOCH_UNIX_MS = Date.UTC(2026, 0, 1, 0, 0, 12); // slots start at 0 s, 15 s, ...
const LONDON: Place = { name: 'london', latDeg: 51.5074, lonDeg: -0.1278, terminal: true };
const ASHBURN: Place = { name: 'ashburn', latDeg: 39.0438, lonDeg: -77.4874, terminal: true };
const LAGOS: Place = { name: 'lagos', latDeg: 6.5244, lonDeg: 3.3792, terminal: true };

const bare = { overhead: { floorUs: 0, heldMedianUs: 0, heldSigma: 0, jitterUs: 0 }, boundary: { durationMs: 0 } };
const networkOf = (failures: object | undefined, choice = 'held'): Network =>
  new Network({
    config: networkSchema.parse({
      constellation: { choice, ...(failures === undefined ? {} : { failures }) },
      laser: bare,
      access: { starlink: bare },
    }),
    epochUnixMs: EPOCH_UNIX_MS,
    seed: 1,
  });
const laserOf = (network: Network): PathLinks => network.path({ from: LONDON, to: ASHBURN, medium: 'laser' });
const accessOf = (network: Network): PathLinks =>
  network.access({ client: LAGOS, kind: 'starlink', pop: 'lagos', to: LAGOS });

/** Evenly spread: `fc.double` draws most numbers next to nothing. */
const anyShareUpTo = (most: number) => fc.integer({ min: 0, max: 1000 }).map((draw) => (most * draw) / 1000);
const anyFailures = fc.record({
  satelliteShare: anyShareUpTo(0.25),
  laserShare: anyShareUpTo(0.25),
});
const anyAtMs = fc.integer({ min: 0, max: 6_000_000 });

describe('what has failed', () => {
  const constellation = networkSchema.parse({}).constellation;
  const spaceWith = (failures: object) =>
    spaceOf({
      constellation,
      failures: failuresSchema.parse(failures),
      stepMs: 1000,
      epochUnixMs: EPOCH_UNIX_MS,
      seed: 1,
    });

  test('is visible from no site, serves no user, and is on no path', () => {
    const named = Array.from({ length: 792 }, (_, index) => 2 * index);
    const isBroken = (satellite: number) => satellite % 2 === 0;
    let seen = 0;
    const space = spaceWith({ satellites: named });
    const [london, ashburn] = [space.sky.site(LONDON), space.sky.site(ASHBURN)];
    fc.assert(
      fc.property(anyAtMs, (atMs) => {
        const step = space.steps.indexAt(atMs);
        const snapshot = space.atStep(step);
        const { satellites, count } = snapshot.visibleFrom(ashburn);
        const paths = snapshot.pathsFromSite(london);
        for (const satellite of satellites.subarray(0, count)) {
          expect(isBroken(satellite)).toBe(false);
          if (paths.distanceKm(satellite) === Number.POSITIVE_INFINITY) continue;
          expect(paths.pathTo(satellite).filter(isBroken)).toEqual([]);
          seen++;
        }
        const serving = space.serving.at(space.atStep(step), ashburn, space.steps.slotOf(step));
        expect(serving !== -1 && isBroken(serving)).toBe(false);
      }),
      { numRuns: 60 },
    );
    expect(seen).toBeGreaterThan(30);
  });

  test('links nothing, in either direction: neither a laser nor any laser of a satellite', () => {
    const broken = spaceWith({ satellites: [5], lasers: [[30, 31]] });
    const [laserKm, wholeKm] = [broken, spaceWith({})].map((space) => space.atStep(space.steps.indexAt(0)).laserKm);
    const lost = [...laserKm!.keys()].filter((edge) => laserKm![edge] !== wholeKm![edge]);
    expect(lost).toHaveLength(10); // both ends of four lasers and of one
    expect(lost.every((edge) => laserKm![edge] === Number.POSITIVE_INFINITY)).toBe(true);
    expect(lost).toEqual(expect.arrayContaining([20, 21, 22, 23, 4 * 30, 4 * 31 + 1]));
  });

  test('is refused when it does not exist', () => {
    expect(() => networkOf({ satellites: [3, 1584] })).toThrow(
      'network.constellation.failures.satellites[1] is 1584, but the satellites are numbered from 0 to 1583',
    );
    expect(() => networkOf({ lasers: [[0, 800]] })).toThrow(
      /failures\.lasers\[0\] is \[0, 800\], which no laser links/,
    );
  });
});

describe('a failure', () => {
  const rttUs = ({ forward, back }: PathLinks, atMs: number) =>
    forward.stateAt(atMs).delayUs + back.stateAt(atMs).delayUs;

  test('never makes a shortest path shorter, and leaves every delay finite', () => {
    const whole = laserOf(networkOf(undefined, 'shortest'));
    let longer = 0;
    fc.assert(
      fc.property(anyFailures, anyAtMs, (failures, atMs) => {
        const links = laserOf(networkOf(failures, 'shortest'));
        const state = links.forward.stateAt(atMs);
        expect(Number.isFinite(state.delayUs)).toBe(true);
        if (!state.up || !whole.forward.stateAt(atMs).up) return;
        expect(rttUs(links, atMs)).toBeGreaterThanOrEqual(rttUs(whole, atMs));
        if (rttUs(links, atMs) > rttUs(whole, atMs)) longer++;
      }),
      { numRuns: 60 },
    );
    expect(longer).toBeGreaterThan(10);
  });

  test('never makes the start of a slot better either where satellites are held, and more of it never helps', () => {
    fc.assert(
      fc.property(anyShareUpTo(0.1), fc.integer({ min: 0, max: 300 }), (share, slot) => {
        const rtts = [share / 2, share].map((satelliteShare) => {
          const links = laserOf(networkOf({ satelliteShare }));
          return links.forward.stateAt(slot * 15_000).up ? rttUs(links, slot * 15_000) : Number.POSITIVE_INFINITY;
        });
        expect(rtts[1]!).toBeGreaterThanOrEqual(rtts[0]!);
      }),
      { numRuns: 25 },
    );
  });

  test('of all satellites takes everything down, with the delay of light', () => {
    const network = networkOf({ satelliteShare: 1 });
    for (const links of [laserOf(network), accessOf(network)]) {
      for (const link of [links.forward, links.back]) {
        expect(link.stateAt(1000).up).toBe(false);
        expect(Number.isFinite(link.stateAt(1000).delayUs)).toBe(true);
      }
      expect(links.foreseen.forward.stateAt(1000).up).toBe(true);
    }
  });

  test('lasts for its window, and only a planned one is foreseen', () => {
    const window = { satelliteShare: 1, fromS: 20, toS: 50 };
    const ups = (link: { stateAt(atMs: number): { up: boolean } }) =>
      [19_999, 20_000, 49_999, 50_000].map((atMs) => link.stateAt(atMs).up);
    const [scripted, planned] = [false, true].map((flag) => laserOf(networkOf({ ...window, planned: flag })));
    expect(ups(scripted!.forward)).toEqual([true, false, false, true]);
    expect(ups(scripted!.foreseen.forward)).toEqual([true, true, true, true]);
    expect(ups(planned!.foreseen.forward)).toEqual([true, false, false, true]);
  });

  test('within a slot is not evaded before it happens: those who use the satellite stay down until the next slot', () => {
    const whole = accessOf(networkOf(undefined));
    let stranded = 0;
    for (let slot = 1; slot <= 10; slot++) {
      const fromMs = slot * 15_000 + 5000;
      const late = accessOf(networkOf({ satelliteShare: 0.5, fromS: fromMs / 1000 })).forward;
      for (let atMs = slot * 15_000; atMs < fromMs; atMs += 1000) {
        expect(late.stateAt(atMs)).toEqual(whole.forward.stateAt(atMs));
      }
      const ups = [fromMs, fromMs + 9000].map((atMs) => late.stateAt(atMs).up);
      expect(ups[1]).toBe(ups[0]);
      if (!ups[0]) stranded++;
    }
    expect(stranded).toBeGreaterThan(0);
  });

  test('keeps links pure: the state holds from one change to the next, in whatever order one asks', () => {
    const failures = { satelliteShare: 0.3, laserShare: 0.2, fromS: 7.5, toS: 31.2 };
    const changes = [...timeline(laserOf(networkOf(failures)).forward, 0, 45_000)];
    const links = laserOf(networkOf(failures));
    for (let atMs = 44_990; atMs >= 0; atMs -= 70) {
      const expected = changes.findLast((change) => change.atMs <= atMs)!.state;
      links.foreseen.forward.stateAt(45_000 - atMs);
      expect(links.forward.stateAt(atMs)).toEqual(expected);
    }
  });
});
