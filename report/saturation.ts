import type { Ms } from '../core/time/clock.ts';
import { type RequestRecord, ttftMs } from './request-table.ts';
import type { RunFigures } from './summary-schema.ts';

/** That requests came faster than they were served: both grow without end, so every figure depends on how long the run was. */
export type Saturation = NonNullable<RunFigures['saturation']>;

/**
 * Whether requests in flight and TTFT grew all through the measured time, and to twice as much; null when not, and for less than 100
 * first tokens. Requests that failed do not count.
 */
export const saturationOf = (
  records: Iterable<RequestRecord>,
  { fromMs, untilMs }: { readonly fromMs: Ms; readonly untilMs: Ms },
): Saturation | null => {
  const tenthMs = (untilMs - fromMs) / TENTHS;
  const inFlight = new Float64Array(TENTHS);
  const [waitedMs, tokens] = [new Float64Array(TENTHS), new Float64Array(TENTHS)];
  for (const record of records) {
    const { intendedAtMs, outcome } = record;
    const isOpen = outcome === 'open' || outcome === 'interrupted';
    if (!(intendedAtMs >= fromMs && intendedAtMs < untilMs) || (outcome !== 'answered' && !isOpen)) continue;
    const tenth = Math.min(TENTHS - 1, Math.floor((intendedAtMs - fromMs) / tenthMs));
    const endMs = isOpen ? Number.POSITIVE_INFINITY : record.lastTokenAtMs;
    for (let at = tenth; at < TENTHS && endMs >= fromMs + (at + 1) * tenthMs; at++) inFlight[at] = inFlight[at]! + 1;
    // By when the token came: of the last requests sent, the slowest have none yet.
    const came = Math.floor((record.firstTokenAtMs - fromMs) / tenthMs);
    if (!(came < TENTHS)) continue;
    waitedMs[came] = waitedMs[came]! + ttftMs(record);
    tokens[came] = tokens[came]! + 1;
  }
  if (tokens.reduce((sum, some) => sum + some, 0) < LEAST_TOKENS) return null;
  const meanTtftMs = waitedMs.map((sum, tenth) => sum / tokens[tenth]!);
  if (!grows(inFlight) || !grows(meanTtftMs)) return null;
  return { inFlight: [inFlight[0]!, inFlight.at(-1)!], ttftMs: [meanTtftMs[0]!, meanTtftMs.at(-1)!] };
};

const TENTHS = 10;
const LEAST_TOKENS = 100;

/**
 * Of the 45 pairs of tenths, rises less falls are at least 33, which values in a random order are with 0.1 %; and the last three are twice
 * the first three. Source: H. B. Mann, Nonparametric tests against trend, Econometrica 1945.
 */
const grows = (values: Float64Array): boolean => {
  let rises = 0;
  for (let late = 1; late < values.length; late++) {
    for (let early = 0; early < late; early++) rises += Math.sign(values[late]! - values[early]!);
  }
  const sum = (some: Float64Array): number => some.reduce((all, value) => all + value, 0);
  return rises >= 33 && sum(values.subarray(-3)) >= 2 * sum(values.subarray(0, 3));
};

/** The same as a note. */
export const saturationNote = ({ inFlight, ttftMs: [first, last] }: Saturation): string =>
  `saturated: requests in flight grew from ${inFlight[0]} to ${inFlight[1]}, and the mean TTFT from ${first.toFixed(0)} to ${last.toFixed(0)} ms; ` +
  'longer runs have larger figures';
