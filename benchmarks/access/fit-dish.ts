import type { AccessOverhead } from '../../netem/links/effect/overhead.ts';
import type { Quantiles } from './measured-site.ts';
import { nelderMead } from './nelder-mead.ts';
import { quantilesMs, type RoundTrips } from './round-trips.ts';

/** How much an error of each quantile counts. The minimum of thousands of probes says least. */
const WEIGHTS: Readonly<Record<keyof Quantiles, number>> = { p0: 0.1, p5: 2, p25: 1, p50: 2, p75: 1, p95: 3, p99: 2 };

/** Measured within slots, over the sites: from p5 to p95 17 to 29 ms. */
const IN_SLOT_MS = [17, 29] as const;

/** What the logarithms of the six fitted numbers are held near, weakly: where the data say nothing, a dish is like the others. */
const USUAL = [1500, 2000, 1, 3000, 0.8, 12_000].map(Math.log);
const STARTS = [
  USUAL,
  [2000, 500, 2, 1000, 1.2, 16_000].map(Math.log),
  [2000, 1000, 1.5, 4000, 1, 10_000].map(Math.log),
  [2000, 3500, 1.3, 4500, 1.1, 6000].map(Math.log),
];
const EVALUATIONS = 600;

/** The overhead whose round trips over `trips` have the quantiles `measured`, as nearly as the model can. */
export const fitDish = (
  trips: RoundTrips,
  measured: Quantiles,
  { jumpMs, jumpWeight }: { readonly jumpMs: number; readonly jumpWeight: number },
): AccessOverhead => {
  const cost = (point: readonly number[]): number => {
    const overhead = overheadAt(point);
    const rttMs = trips.under(overhead);
    const found = quantilesMs(rttMs);
    const shape = trips.shapeOf(rttMs, overhead);
    const misfit = Object.entries(WEIGHTS).reduce((sum, [key, weight]) => {
      const off = Math.log(found[key as keyof Quantiles] / measured[key as keyof Quantiles]);
      return sum + weight * off * off;
    }, 0);
    const narrow = Math.max(0, Math.log(IN_SLOT_MS[0] / shape.inSlotMs));
    const wide = Math.max(0, Math.log(shape.inSlotMs / IN_SLOT_MS[1]));
    const calm = Math.max(0, Math.log(jumpMs / shape.jumpMs));
    const far = point.reduce((sum, value, index) => sum + (value - USUAL[index]!) ** 2, 0);
    return misfit + narrow * narrow + 0.3 * wide * wide + jumpWeight * calm * calm + 0.0003 * far;
  };
  const found = STARTS.map((start) => nelderMead(cost, start, { step: 0.3, evaluations: EVALUATIONS }));
  const best = found.reduce((a, b) => (b.cost < a.cost ? b : a));
  // A simplex that has shrunk too early finds more when it starts anew.
  return overheadAt(nelderMead(cost, best.point, { step: 0.15, evaluations: 2 * EVALUATIONS }).point);
};

const overheadAt = (point: readonly number[]): AccessOverhead => {
  const [floorUs, heldMedianUs, heldSigma, variedMedianUs, variedSigma, uplinkWaitUs] = point.map(Math.exp) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    floorUs,
    heldMedianUs,
    heldSigma: Math.min(3, heldSigma),
    heldMostUs: MOST_US,
    persistence: 0,
    uplinkWaitUs,
    variedMedianUs,
    variedSigma: Math.min(3, variedSigma),
    variedMostUs: MOST_US,
    jitterUs: 0,
  };
};

/** The longest that one part of an overhead can be: an assumption. The largest measured jump between two slots is 61 ms. */
const MOST_US = 80_000;
