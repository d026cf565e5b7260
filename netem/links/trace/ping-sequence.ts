import { quantile } from '../../../core/stats/quantile.ts';
import type { Ms } from '../../../core/time/clock.ts';
import type { PingSession } from './ping-session.ts';
import type { ProbeList } from './probes.ts';

/**
 * Adds every probe of one output of ping to `probes` in the order of sending, lost ones included, and says how far apart they are.
 * Numbers count modulo 65,536, so the time between two answers tells how often they went round. The output has an answer. Without
 * times, its probes follow those that `probes` has.
 */
export const addSentProbes = (session: PingSession, probes: ProbeList): { readonly intervalMs: Ms } => {
  const { seqs, cameMs, rttsMs } = session;
  const isTimed = !Number.isNaN(cameMs[0]!);
  const sentMs = cameMs.map((atMs, index) => atMs - rttsMs[index]!);
  const intervalMs = isTimed ? intervalOf(session, sentMs) : untimedInterval(session);
  const numbers = unrolled(seqs, isTimed ? sentMs : null, intervalMs);
  const { first, last } = rangeOf(session, numbers, isTimed ? intervalMs : null);
  const startMs = probes.length === 0 ? 0 : probes.value(probes.length - 1, 'atMs') + intervalMs;
  const sentAtMs = (index: number): Ms => (isTimed ? sentMs[index]! : startMs + (numbers[index]! - first) * intervalMs);
  let before: number | null = null;
  for (const index of inOrder(numbers)) {
    const number = numbers[index]!;
    if (before !== null && numbers[before] === number) continue; // a duplicate
    const atMs = sentAtMs(index);
    const from = before === null ? first : numbers[before]! + 1;
    const stepMs = before === null ? intervalMs : (atMs - sentAtMs(before)) / (number - numbers[before]!);
    for (let lost = from; lost < number; lost++) probes.add({ atMs: atMs - (number - lost) * stepMs, fate: 'lost' });
    probes.add({ atMs, fate: 'answered', rttMs: rttsMs[index]! });
    before = index;
  }
  const lastMs = sentAtMs(before!);
  for (let step = 1; numbers[before!]! + step <= last; step++)
    probes.add({ atMs: lastMs + step * intervalMs, fate: 'lost' });
  return { intervalMs };
};

/** Indexes of ascending numbers; equal ones in the order in which they are. */
const inOrder = (numbers: readonly number[]): Uint32Array => {
  const order = Uint32Array.from({ length: numbers.length }, (_, index) => index);
  return order.sort((a, b) => numbers[a]! - numbers[b]! || a - b);
};

const WRAP = 65_536;

/** The interval of ping where nothing says another. */
const USUAL_MS = 1000;

const untimedInterval = ({ sent, overMs }: PingSession): Ms =>
  sent !== null && sent > 1 && overMs !== null && overMs > 0 ? overMs / (sent - 1) : USUAL_MS;

/** The median time from one number to the next, over answers that are at most ten numbers apart. */
const intervalOf = (session: PingSession, sentMs: readonly Ms[]): Ms => {
  const apart: number[] = [];
  for (let index = 1; index < sentMs.length; index++) {
    const steps = modulo(session.seqs[index]! - session.seqs[index - 1]!);
    const passedMs = sentMs[index]! - sentMs[index - 1]!;
    if (steps >= 1 && steps <= 10 && passedMs > 0) apart.push(passedMs / steps);
  }
  return apart.length === 0 ? untimedInterval(session) : quantile(Float64Array.from(apart).sort(), 0.5);
};

const modulo = (number: number): number => ((number % WRAP) + WRAP) % WRAP;

/**
 * The numbers without the wrap. Without times the nearest to the one before is meant. A number that is further ahead than the time
 * allows is of another ping whose beginning is not in the log, and one that is millions ahead was stamped by a clock that was set:
 * both go on from the one before.
 */
const unrolled = (seqs: readonly number[], sentMs: readonly Ms[] | null, intervalMs: Ms): readonly number[] => {
  const numbers: number[] = [];
  let base = 0;
  for (const [index, seq] of seqs.entries()) {
    const before = numbers[index - 1];
    if (before === undefined) {
      numbers.push(seq);
      continue;
    }
    const passed = sentMs === null ? 0 : (sentMs[index]! - sentMs[index - 1]!) / intervalMs;
    let number = base + seq + WRAP * Math.round((before + passed - base - seq) / WRAP);
    if (number - before > MOST_LOST || (sentMs !== null && number - before > 2 * Math.max(0, passed) + MOST_SKIPPED)) {
      base += before + 1 - number;
      number = before + 1;
    }
    numbers.push(number);
  }
  return numbers;
};

/** The longest outage, in probes: half a day at 10 ms. */
const MOST_LOST = 5_000_000;

/** How many probes a pause of the sender may seem to skip. */
const MOST_SKIPPED = 1000;

/** The first and the last number that was sent, as far as the log tells. `intervalMs` is null without times. */
const rangeOf = (
  { firstSeq, sent, cameMs, rttsMs, unansweredSeqs, unansweredMs, unansweredFinal }: PingSession,
  numbers: readonly number[],
  intervalMs: Ms | null,
): { readonly first: number; readonly last: number } => {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const number of numbers) {
    first = Math.min(first, number);
    last = Math.max(last, number);
  }
  // A first answer far behind the beginning, or behind all that was sent, is that of a log that was cut.
  if (firstSeq !== null && first - firstSeq <= Math.min(MOST_SKIPPED, (sent ?? MOST_SKIPPED) - 1))
    first = Math.min(first, firstSeq);
  const longestMs = rttsMs.reduce((longest, rttMs) => Math.max(longest, rttMs), 0);
  const latestMs = cameMs.reduce((latest, atMs) => Math.max(latest, atMs), Number.NEGATIVE_INFINITY);
  const answered = last;
  for (const [index, seq] of unansweredSeqs.entries()) {
    // An answer to the last ones may still have been on its way.
    const isOpen = !unansweredFinal[index] && intervalMs !== null && !(unansweredMs[index]! > latestMs + longestMs);
    if (!isOpen) last = Math.max(last, seq + WRAP * Math.round((answered - seq) / WRAP));
  }
  const inFlight = intervalMs === null ? 0 : longestMs / intervalMs;
  const ended = sent === null || firstSeq === null || first !== firstSeq ? last : firstSeq + sent - 1;
  const isOutage = ended - answered > inFlight && ended - answered <= MOST_LOST;
  return { first, last: isOutage ? Math.max(last, ended) : last };
};
