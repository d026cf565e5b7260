import { meanInterval } from '../../core/stats/mean-interval.ts';
import { finiteAscending } from '../../core/stats/ranked-column.ts';
import { round, withIntervals } from '../distribution.ts';
import type { MissedRegret, Regret, RunFigures, RunResult, Summary } from '../summary-schema.ts';
import { type Aim, type AnswerTimes, KEPT, MISSED, UNKNOWN } from './answer-times.ts';

/**
 * The summary with the regret of each policy against each bound that ran under the same seed, and so on the same schedule: TTFT, E2E and missed objectives,
 * each against the bounds on it, request by request. `answerTimes` are those of its runs; runs without them get no regret. Where requests follow
 * answers they come at other times under each policy, so that no two are the same, and there is none.
 */
export const withRegret = (summary: Summary, answerTimes: readonly AnswerTimes[]): Summary => {
  const bounds = answerTimes.filter(({ aims, followAnswers }) => aims.length > 0 && !followAnswers);
  if (bounds.length === 0) return summary;
  const own = new Map(answerTimes.map((of) => [keyOf(of), of]));
  const regretOf = ({ key }: RunResult): Pick<RunFigures, 'regret' | 'regretE2e' | 'regretMissed'> => {
    const of = own.get(keyOf(key));
    if (of === undefined || of.aims.length > 0) return { regret: {}, regretE2e: {}, regretMissed: {} };
    const against = <Found>(aim: Aim, found: (bound: AnswerTimes) => Found): Record<string, Found> =>
      Object.fromEntries(
        bounds
          .filter(({ seed, aims }) => seed === key.seed && aims.includes(aim))
          .map((bound) => [bound.variant, found(bound)]),
      );
    return {
      regret: against('ttft', (bound) => regretAgainst(of, bound, 'ttftMs')),
      regretE2e: against('e2e', (bound) => regretAgainst(of, bound, 'e2eMs')),
      regretMissed: against('slo', (bound) => missedRegret(of, bound)),
    };
  };
  return {
    ...summary,
    runs: summary.runs.map((run) => ({ ...run, figures: { ...run.figures, ...regretOf(run) } })),
  };
};

const keyOf = ({ variant, seed }: { readonly variant: string; readonly seed: number }): string => `${seed} ${variant}`;

/** Below a tenth of a microsecond the log cannot tell which was sooner. */
const RESOLUTION_MS = 1e-4;

/** Requests are paired by their number. Those without that token under the bound have no regret: nobody knows how good they could be. */
export const regretAgainst = (of: AnswerTimes, bound: AnswerTimes, time: 'ttftMs' | 'e2eMs'): Regret => {
  const [ownMs, boundMs] = [of[time], bound[time]];
  const rows = Math.min(ownMs.length, boundMs.length);
  const [values, slots] = [new Float64Array(rows), new Uint32Array(rows)];
  let [paired, unpaired, sooner] = [0, 0, 0];
  for (let request = 0; request < rows; request++) {
    const [ms, bestMs] = [ownMs[request]!, boundMs[request]!];
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
  return {
    ...withIntervals({ seen, censored: paired - seen.length }, samples, whole),
    meanCi95: rounded(meanInterval(samples, whole)),
    unpaired,
    soonerShare: paired === 0 ? null : round(sooner / paired),
  };
};

/** How many more requests missed an objective than under the bound. */
const missedRegret = (of: AnswerTimes, bound: AnswerTimes): MissedRegret => {
  const rows = Math.min(of.objectives.length, bound.objectives.length);
  const [values, slots] = [new Float64Array(rows), new Uint32Array(rows)];
  let [paired, missed, kept] = [0, 0, 0];
  for (let request = 0; request < rows; request++) {
    const [own, its] = [of.objectives[request]!, bound.objectives[request]!];
    if (own === UNKNOWN || its === UNKNOWN) continue;
    values[paired] = Number(own === MISSED) - Number(its === MISSED);
    slots[paired++] = of.slots[request]!;
    if (own === MISSED) missed++;
    else if (its !== KEPT) kept++;
  }
  const samples = { values: values.subarray(0, paired), slots: slots.subarray(0, paired) };
  const share = (count: number): number | null => (paired === 0 ? null : round(count / paired));
  return {
    n: paired,
    missedShare: share(missed),
    mean: share(samples.values.reduce((sum, value) => sum + value, 0)),
    meanCi95: rounded(meanInterval(samples, Math.min(of.wholeSlots, bound.wholeSlots))),
    keptShare: share(kept),
  };
};

const rounded = (interval: readonly [number, number] | null): [number, number] | null =>
  interval && [round(interval[0]), round(interval[1])];
