import { describe, expect, test } from 'vitest';
import { checksOf } from '../../../benchmarks/access/leave-one-out.ts';
import { type MeasuredSite, measuredSites, type Quantiles } from '../../../benchmarks/access/measured-site.ts';
import { nelderMead } from '../../../benchmarks/access/nelder-mead.ts';
import { probedLinks } from '../../../benchmarks/access/probed-links.ts';
import { quantilesMs, RoundTrips } from '../../../benchmarks/access/round-trips.ts';
import { accessToPop, slotRoundTrips } from '../../../benchmarks/access/slot-geometry.ts';
import { populationOf } from '../../../netem/links/dish-population.ts';
import { Network } from '../../../netem/links/network.ts';
import { networkSchema } from '../../../netem/links/schema.ts';

const site = (rttMs: Quantiles): MeasuredSite => ({ name: 'manila', latDeg: 14.6, lonDeg: 120.98, rttMs });
const FLAT: Quantiles = { p0: 1, p5: 1, p25: 1, p50: 1, p75: 1, p95: 1, p99: 1 };
const BARE = { floorUs: 0, heldMedianUs: 0, uplinkWaitUs: 0, variedMedianUs: 0 };
const SLOTS = 600;

const networkOf = (starlink: object): Network =>
  new Network({
    config: networkSchema.parse({ stepMs: 15_000, fibre: { equipmentUs: 0, jitterUs: 0 }, access: { starlink } }),
    epochUnixMs: Date.UTC(2026, 0, 1, 0, 0, 12),
    seed: 3,
  });
const tripsOver = (stream: string) =>
  new RoundTrips(slotRoundTrips(accessToPop(networkOf({ overhead: BARE }), site(FLAT)), SLOTS), { probes: 5, stream });

test('the minimum of a bowl that is turned and narrow is found, within its evaluations', () => {
  let evaluations = 0;
  const { point } = nelderMead(
    ([x, y, z]) => {
      evaluations++;
      return (x! - 3) ** 2 + 100 * (y! + x!) ** 2 + (z! - x! * y!) ** 2;
    },
    [0, 0, 0],
    { step: 0.5, evaluations: 900 },
  );
  expect(evaluations).toBeLessThan(920);
  for (const [index, value] of [3, -3, -9].entries()) expect(point[index]!).toBeCloseTo(value, 1);
});

test('round trips of the fit are those of the links: the same formula, other draws', () => {
  for (const overhead of populationOf('well-served')!.like.slice(4, 7)) {
    const links = accessToPop(networkOf({ overhead }), site(FLAT));
    const played = quantilesMs(probedLinks(links, { count: SLOTS, probes: 30, seed: 1 }));
    const fitted = quantilesMs(tripsOver('x').under(overhead));
    for (const key of ['p5', 'p25', 'p50', 'p75'] as const)
      expect(Math.abs(played[key] / fitted[key] - 1)).toBeLessThan(0.05);
    for (const key of ['p95', 'p99'] as const) expect(Math.abs(played[key] / fitted[key] - 1)).toBeLessThan(0.25);
  }
});

describe('a site that was left out', () => {
  const [like] = populationOf('well-served')!.like;
  const trips = tripsOver('left-out');
  const own = quantilesMs(trips.under(like!));
  const population = { like: [like!], spread: 0.2 };
  const checks = (left: MeasuredSite) =>
    checksOf({
      left,
      others: [site(own), site({ ...own, p50: own.p50 + 10 })],
      population,
      trips,
      dishes: 60,
      seed: 1,
    });

  test('is inside of the band of a population of dishes like its own, and outside when it is far slower', () => {
    expect(checks(site(own)).map(({ isInside }) => isInside)).toEqual([true, true, true, true]);
    const slow = Object.fromEntries(Object.entries(own).map(([key, ms]) => [key, 2 * ms])) as unknown as Quantiles;
    expect(checks(site(slow)).map(({ isInside }) => isInside)).toEqual([false, false, false, false]);
  });

  test('is told how wide its band is against the range of the others', () => {
    const { lowMs, highMs, widthInRanges } = checks(site(own)).find(({ quantile }) => quantile === 'p50')!;
    expect(widthInRanges).toBeCloseTo((highMs - lowMs) / 10, 9);
  });
});

test('a summary is read by its columns, without the site in the far north', () => {
  const csv =
    'site,n,min_ms,p5_ms,p25_ms,p50_ms,p75_ms,p95_ms,p99_ms,mean_ms\nseattle-usa,9,1,2,3,4,5,6,7,4\nulukhaktok-canada,9,1,2,3,4,5,6,7,4\n';
  expect(measuredSites(csv)).toEqual([
    {
      name: 'seattle-usa',
      latDeg: 47.61,
      lonDeg: -122.33,
      rttMs: { p0: 1, p5: 2, p25: 3, p50: 4, p75: 5, p95: 6, p99: 7 },
    },
  ]);
});
