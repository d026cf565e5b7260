import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { JUDGED, measuredSites } from '../../../benchmarks/access/measured-site.ts';
import { quantilesMs, RoundTrips } from '../../../benchmarks/access/round-trips.ts';
import { accessToPop, slotRoundTrips } from '../../../benchmarks/access/slot-geometry.ts';
import wellServed from '../../../netem/data/well-served-dishes.json' with { type: 'json' };
import { populationOf } from '../../../netem/links/dish-population.ts';
import { Network } from '../../../netem/links/network.ts';
import { networkSchema } from '../../../netem/links/schema.ts';

const sites = measuredSites(
  readFileSync(new URL('../../../netem/data/ut-to-pop-rtt-summary.csv', import.meta.url), 'utf8'),
);
const network = new Network({
  config: networkSchema.parse({
    constellation: { preset: 'starlink-gen1' },
    stepMs: 15_000,
    fibre: { equipmentUs: 0, jitterUs: 0 },
    access: {
      starlink: {
        overhead: { floorUs: 0, heldMedianUs: 0, uplinkWaitUs: 0, variedMedianUs: 0 },
        boundary: { durationMs: 0 },
      },
    },
  }),
  epochUnixMs: Date.UTC(2025, 8, 1), // not the hours of the fit
  seed: 5,
});

test.each(sites.map((site, index) => [site.name, site, index] as const))(
  'the stored dish of %s has its quantiles, also in other hours, and 15 to 34 ms within a slot',
  (name, site, index) => {
    expect(wellServed.dishes[index]!.site).toBe(name);
    const overhead = populationOf('well-served')!.like[index]!;
    const trips = new RoundTrips(slotRoundTrips(accessToPop(network, site), 240), { probes: 5, stream: 'other' });
    const rttMs = trips.under(overhead);
    const found = quantilesMs(rttMs);
    for (const key of JUDGED)
      expect(Math.abs(found[key] / site.rttMs[key] - 1)).toBeLessThan(key === 'p99' ? 0.25 : 0.1);
    const { inSlotMs } = trips.shapeOf(rttMs, overhead);
    expect(inSlotMs).toBeGreaterThan(15);
    expect(inSlotMs).toBeLessThan(34);
  },
);
