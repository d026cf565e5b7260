import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../core/random/rng.ts';
import { ascending, quantile } from '../../../core/stats/quantile.ts';
import type { LinkState } from '../../../netem/links/model/link-model.ts';
import { timeline } from '../../../netem/links/model/timeline.ts';
import { Network } from '../../../netem/links/network.ts';
import { networkSchema } from '../../../netem/links/schema.ts';

const SLOT_MS = 15_000;
const SLOTS = (6 * 3600 * 1000) / SLOT_MS;
const PROBES_A_SLOT = 5; // 7200 in all; the measured sites have about 6900

// Measured sites at middle latitudes, and the PoP that each was measured to or is nearest to.
const SITES = [
  { name: 'brisbane-australia', latDeg: -27.47, lonDeg: 153.03, pop: 'sydney' },
  { name: 'bruhl-germany', latDeg: 50.83, lonDeg: 6.91, pop: 'frankfurt' },
  { name: 'kanazawa-japan', latDeg: 36.56, lonDeg: 136.66, pop: 'tokyo' },
  { name: 'lincoln-usa', latDeg: 40.81, lonDeg: -96.7, pop: 'denver' },
  { name: 'louvain-belgium', latDeg: 50.67, lonDeg: 4.61, pop: 'frankfurt' },
  { name: 'manila-philippines', latDeg: 14.6, lonDeg: 120.98, pop: 'manila' },
  { name: 'salt-lake-city-usa', latDeg: 40.76, lonDeg: -111.89, pop: 'denver' },
  { name: 'seattle-usa', latDeg: 47.61, lonDeg: -122.33, pop: 'seattle' },
  { name: 'victoria-canada', latDeg: 48.43, lonDeg: -123.37, pop: 'seattle' },
  { name: 'waterloo-canada', latDeg: 43.47, lonDeg: -80.52, pop: 'chicago' },
] as const;

// Geometry at slot starts will do: within a slot it moves a round trip by tenths of a millisecond.
const config = networkSchema.parse({ constellation: { preset: 'starlink-gen1' }, stepMs: SLOT_MS });
const network = new Network({ config, epochUnixMs: Date.UTC(2025, 5, 1, 0, 0, 12), seed: 1 });
const accessOf = ({ name, latDeg, lonDeg, pop }: (typeof SITES)[number]) =>
  network.access({
    client: { name, latDeg, lonDeg, terminal: true },
    kind: 'starlink',
    pop,
    to: { ...network.pops.find((known) => known.name === pop)!, terminal: false },
  });

/** Round trips in ms by site, slot and probe; jitter is uniform and drawn for each direction, as the emulator does. */
const probe = (): readonly (readonly number[][])[] => {
  const rng = seededRng(1)('probes');
  const oneWayUs = ({ delayUs, jitterUs }: LinkState): number => delayUs + (2 * rng.next() - 1) * jitterUs;
  const links = SITES.map(accessOf);
  const rttMs = SITES.map(() => Array.from({ length: SLOTS }, (): number[] => []));
  for (let slot = 0; slot < SLOTS; slot++) {
    for (const [site, { forward, back }] of links.entries()) {
      for (let index = 0; index < PROBES_A_SLOT; index++) {
        const atMs = slot * SLOT_MS + 500 + index * 2900;
        rttMs[site]![slot]!.push((oneWayUs(forward.stateAt(atMs)) + oneWayUs(back.stateAt(atMs))) / 1000);
      }
    }
  }
  return rttMs;
};

describe('six hours of Starlink access to the PoP, over Gen1', () => {
  const measured = new Map(
    readFileSync(new URL('../../../netem/data/ut-to-pop-rtt-summary.csv', import.meta.url), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([site, , ...numbers]) => [site!, numbers.map(Number)]),
  );
  const rttMs = probe();
  const all = rttMs.map((slots) => ascending(slots.flat()));

  test.each(SITES.map(({ name }, site) => [name, site] as const))('%s is like a well-served site', (_, site) => {
    const [least, p50, p95, p99] = [0, 0.5, 0.95, 0.99].map((share) => quantile(all[site]!, share)!);
    expect(least).toBeGreaterThanOrEqual(13);
    expect(least).toBeLessThanOrEqual(18);
    expect(p50).toBeGreaterThanOrEqual(27);
    expect(p50).toBeLessThanOrEqual(39);
    expect(p95).toBeGreaterThanOrEqual(44);
    expect(p95).toBeLessThanOrEqual(80);
    expect(p99).toBeGreaterThanOrEqual(54);
    expect(p99).toBeLessThanOrEqual(112);
  });

  test.each(SITES.map(({ name }, site) => [name, site] as const))(
    '%s jumps by 5 to 12 ms from slot to slot at the median, and by 20 to 75 in one slot of a hundred',
    (_, site) => {
      // A jump of 12 ms, as was measured, does not go with the quantiles: normal medians that jump by 12 ms spread over 41 ms from
      // p5 to p95, and all probes of a typical site over 34. See netem/README.md.
      const medians = rttMs[site]!.map((probes) => quantile(ascending(probes), 0.5)!);
      const jumps = ascending(medians.slice(1).map((ms, slot) => Math.abs(ms - medians[slot]!)));
      expect(quantile(jumps, 0.5)!).toBeGreaterThanOrEqual(5);
      expect(quantile(jumps, 0.5)!).toBeLessThanOrEqual(12);
      expect(quantile(jumps, 0.99)!).toBeGreaterThan(20);
      expect(quantile(jumps, 0.99)!).toBeLessThan(75);
    },
  );

  test('spreads over 17 to 29 ms from p5 to p95 within a slot', () => {
    const rng = seededRng(1)('within');
    for (const { forward, back } of SITES.slice(0, 3).map(accessOf)) {
      const spreads = Array.from({ length: 300 }, (_, slot) => {
        const within = ascending(
          Array.from({ length: 150 }, (_, index) => {
            const atMs = slot * SLOT_MS + 100 * index;
            const oneWayUs = ({ delayUs, jitterUs }: LinkState) => delayUs + (2 * rng.next() - 1) * jitterUs;
            return (oneWayUs(forward.stateAt(atMs)) + oneWayUs(back.stateAt(atMs))) / 1000;
          }),
        );
        return quantile(within, 0.95) - quantile(within, 0.05);
      });
      expect(quantile(ascending(spreads), 0.5)).toBeGreaterThanOrEqual(17);
      expect(quantile(ascending(spreads), 0.5)).toBeLessThanOrEqual(29);
    }
  });

  test.each([
    ['p5', 0.05, 1, 0.15],
    ['p25', 0.25, 2, 0.15],
    ['p50', 0.5, 3, 0.1],
    ['p75', 0.75, 4, 0.15],
    ['p95', 0.95, 5, 0.15],
    ['p99', 0.99, 6, 0.15],
  ])('has the %s of the measured sites, on average over them', (_, share, column, within) => {
    const mean = (ofSite: (site: number) => number) =>
      SITES.reduce((sum, _site, site) => sum + ofSite(site), 0) / SITES.length;
    const found = mean((site) => quantile(all[site]!, share)!);
    const expected = mean((site) => measured.get(SITES[site]!.name)![column]!);
    expect(Math.abs(found / expected - 1)).toBeLessThan(within);
  });
});

describe('the burst at a slot boundary', () => {
  const { forward, slots } = accessOf(SITES[7]);
  const bursts: { readonly leadMs: number; readonly durationMs: number }[] = [];
  const changes = [...timeline(forward, 1000, 200 * SLOT_MS)];
  for (const [index, { atMs, state }] of changes.entries()) {
    if (state.up || changes[index - 1]?.state.up === false) continue;
    const boundaryMs = Math.ceil((atMs - slots!.offsetMs) / SLOT_MS) * SLOT_MS + slots!.offsetMs;
    const endMs = changes.slice(index).find((change) => change.state.up)?.atMs ?? Number.NaN;
    bursts.push({ leadMs: boundaryMs - atMs, durationMs: endMs - atMs });
  }

  test('comes at each boundary and nowhere else', () => {
    expect(bursts).toHaveLength(200);
  });

  test('begins 0.15 to 0.2 s before it in seven slots of ten, and never 10 ms further off', () => {
    const leads = bursts.map(({ leadMs }) => leadMs);
    expect(Math.min(...leads)).toBeGreaterThanOrEqual(140);
    expect(Math.max(...leads)).toBeLessThanOrEqual(210);
    expect(leads.filter((ms) => ms >= 150 && ms <= 200).length / leads.length).toBeGreaterThan(0.6);
    expect(Math.abs(quantile(ascending(leads), 0.5)! - config.access.starlink.boundary.leadMs)).toBeLessThan(10);
  });

  test('lasts 0.1 to 0.2 s', () => {
    for (const { durationMs } of bursts) {
      expect(durationMs).toBeGreaterThanOrEqual(100);
      expect(durationMs).toBeLessThanOrEqual(200);
    }
  });
});
