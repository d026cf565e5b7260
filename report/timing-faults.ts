import type { Ms } from '../core/time/clock.ts';
import { round } from './distribution.ts';
import type { Distribution, RunFigures } from './summary-schema.ts';

type Measured = Pick<RunFigures, 'ttftMs' | 'e2eMs' | 'delayErrorMs' | 'probeErrorMs' | 'generator'>;

/** A figure is useless when the timing error measured with it is a larger share of it. */
const MOST_SHARE = 0.05;

const PERCENTILES = ['p50', 'p90', 'p95', 'p99'] as const;
type Percentile = (typeof PERCENTILES)[number];

/**
 * The figures of a live run that its own machinery may have caused: latencies with a timing error of more than 5 %. That
 * error is the largest of the lateness of the load generator, of what the client itself adds to a call, and of realised minus planned of probes, all at the percentile of the
 * figure, and of realised minus planned of requests at the median: above it there is what TCP does to requests, which wait for
 * windows, for the rest of their body and for lost packets. Probes wait for nothing of that, and cross the same links. TPOT is
 * judged by E2E: the error is spread over the tokens of an answer, as its time is.
 */
export const timingFaults = (figures: Measured): RunFigures['invalidBecause'] =>
  (['ttftMs', 'e2eMs'] as const).flatMap((metric) =>
    PERCENTILES.flatMap((percentile) => {
      const figure = figures[metric][percentile];
      const errorMs = timingErrorMs(figures, percentile);
      if (figure === null || errorMs === null || errorMs <= MOST_SHARE * figure) return [];
      const reason = `timing errors of ${errorMs.toFixed(1)} ms are above 5 % of ${figure.toFixed(1)} ms`;
      return [{ figure: `${metric}.${percentile}`, errorMs, reason }];
    }),
  );

/** Null where nothing was measured. */
const timingErrorMs = ({ generator, delayErrorMs, probeErrorMs }: Measured, at: Percentile): Ms | null => {
  const known = [
    generator === null ? null : at === 'p50' ? generator.lagP50Ms : generator.lagP99Ms,
    generator === null ? null : at === 'p50' ? generator.taxP50Ms : generator.taxP99Ms,
    sizeOf(delayErrorMs, 'p50', 0),
    sizeOf(probeErrorMs, at, probeErrorMs.jitterMs),
  ].filter((errorMs) => errorMs !== null);
  return known.length === 0 ? null : round(Math.max(...known));
};

/** Errors of up to `plannedMs` are part of the plan. */
const sizeOf = (errors: Distribution, at: Percentile, plannedMs: Ms): Ms | null =>
  errors[at] === null ? null : Math.max(0, Math.abs(errors[at]) - plannedMs);
