import { meanInterval } from '../../core/stats/mean-interval.ts';
import { finiteAscending } from '../../core/stats/ranked-column.ts';
import { isBound } from '../../router/pick/registry.ts';
import { round, withIntervals } from '../distribution.ts';
import type { Regret, RunResult, Summary } from '../summary-schema.ts';
import type { FirstTokens } from './first-tokens.ts';

/**
 * The summary with the regret of each policy against each bound that ran under the same seed, and so on the same schedule: TTFT minus that of
 * the bound, request by request. `firstTokens` are those of its runs; runs without them get no regret. Where requests follow answers they
 * come at other times under each policy, so that no two are the same, and there is none.
 */
export const withRegret = (summary: Summary, firstTokens: readonly FirstTokens[]): Summary => {
  const bounds = firstTokens.filter(({ policy, followAnswers }) => isBound(policy) && !followAnswers);
  if (bounds.length === 0) return summary;
  const own = new Map(firstTokens.map((of) => [keyOf(of), of]));
  const regretOf = ({ key }: RunResult): RunResult['figures']['regret'] => {
    const of = own.get(keyOf(key));
    if (of === undefined || isBound(key.policy)) return {};
    return Object.fromEntries(
      bounds.filter(({ seed }) => seed === key.seed).map((bound) => [bound.variant, regretAgainst(of, bound)]),
    );
  };
  return {
    ...summary,
    runs: summary.runs.map((run) => ({ ...run, figures: { ...run.figures, regret: regretOf(run) } })),
  };
};

const keyOf = ({ variant, seed }: { readonly variant: string; readonly seed: number }): string => `${seed} ${variant}`;

/** Below a tenth of a microsecond the log cannot tell which was sooner. */
const RESOLUTION_MS = 1e-4;

/** Requests are paired by their number. Those without a first token under the bound have no regret: nobody knows how good they could be. */
export const regretAgainst = (of: FirstTokens, bound: FirstTokens): Regret => {
  const rows = Math.min(of.ttftMs.length, bound.ttftMs.length);
  const [values, slots] = [new Float64Array(rows), new Uint32Array(rows)];
  let [paired, unpaired, sooner] = [0, 0, 0];
  for (let request = 0; request < rows; request++) {
    const [ms, bestMs] = [of.ttftMs[request]!, bound.ttftMs[request]!];
    if (Number.isNaN(ms) || Number.isNaN(bestMs)) continue;
    if (bestMs === Number.POSITIVE_INFINITY) {
      unpaired++;
      continue;
    }
    values[paired] = ms - bestMs;
    slots[paired++] = of.slots[request]!;
    if (ms < bestMs - RESOLUTION_MS) sooner++;
  }
  const samples = { values: values.subarray(0, paired), slots: slots.subarray(0, paired) };
  const seen = finiteAscending(samples.values);
  const whole = Math.min(of.wholeSlots, bound.wholeSlots);
  const mean = meanInterval(samples, whole);
  return {
    ...withIntervals({ seen, censored: paired - seen.length }, samples, whole),
    meanCi95: mean && [round(mean[0]), round(mean[1])],
    unpaired,
    soonerShare: paired === 0 ? null : round(sooner / paired),
  };
};
