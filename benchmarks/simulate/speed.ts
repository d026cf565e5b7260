import { mean } from '../../core/stats/quantile.ts';
import { tInterval } from '../../report/t-interval.ts';

/** What one process of a simulation used. */
export interface ProcessUse {
  /** User and system time of all its threads, in seconds. */
  readonly cpuS: number;
  readonly gcS: number;
  readonly allocatedBytes: number;
  readonly peakBytes: number;
}

/** A whole simulation and a shortened one, with how much each did: requests, or seconds of all links. */
export interface MeasuredCase {
  readonly whole: ProcessUse & { readonly done: number };
  readonly short: ProcessUse & { readonly done: number };
}

/** How fast one commit simulates a case. */
export interface Speed {
  readonly runs: number;
  /** Of the whole process, start-up included. */
  readonly perCpuS: number;
  /** Start-up apart: by the difference of the whole simulation to the shortened one. */
  readonly startedPerCpuS: number;
  readonly bytesEach: number;
  /** Share of the processor time of the whole process that collected garbage, by the main thread's clock. */
  readonly gcShare: number;
  readonly peakBytes: number;
  /** The same of the shortened simulation: what grows with requests is the difference. */
  readonly shortPeakBytes: number;
}

export const simulationSpeed = (samples: readonly MeasuredCase[]): Speed => {
  const over = (read: (sample: MeasuredCase) => number): number => mean(samples.map(read));
  const cpuS = over(({ whole }) => whole.cpuS);
  const done = over(({ whole }) => whole.done);
  const moreDone = done - over(({ short }) => short.done);
  return {
    runs: samples.length,
    perCpuS: done / cpuS,
    startedPerCpuS: moreDone / (cpuS - over(({ short }) => short.cpuS)),
    bytesEach: (over(({ whole }) => whole.allocatedBytes) - over(({ short }) => short.allocatedBytes)) / moreDone,
    gcShare: over(({ whole }) => whole.gcS) / cpuS,
    peakBytes: Math.max(...samples.map(({ whole }) => whole.peakBytes)),
    shortPeakBytes: Math.max(...samples.map(({ short }) => short.peakBytes)),
  };
};

/** How many times as fast, by processor time of the whole process, with the 95 % interval over the rounds. */
export interface Ratio {
  readonly times: number;
  readonly ci95: readonly [number, number] | null;
}

/**
 * `here` against `there` in rounds of the order here, there, there, here: what drifts on the machine falls on both. The samples of a
 * round are neighbours. The mean of ratios is that of their logarithms, so that swapping the two gives the inverse.
 */
export const ratioOf = (here: readonly MeasuredCase[], there: readonly MeasuredCase[]): Ratio => {
  const rounds = Math.floor(Math.min(here.length, there.length) / 2);
  const cpuS = (samples: readonly MeasuredCase[], round: number): number =>
    samples[2 * round]!.whole.cpuS + samples[2 * round + 1]!.whole.cpuS;
  const logs = Array.from({ length: rounds }, (_, round) => Math.log(cpuS(there, round) / cpuS(here, round)));
  const interval = tInterval(logs);
  if (interval === null) throw new RangeError('a ratio needs a round');
  const { mean: middle, ci95 } = interval;
  return { times: Math.exp(middle), ci95: ci95 && [Math.exp(ci95[0]), Math.exp(ci95[1])] };
};
