import { seededRng } from '../core/random/rng.ts';
import type { Ms } from '../core/time/clock.ts';
import type { LoadClass } from './load-class.ts';

/** What sessions of a class are like. */
export interface UsualSession {
  /** Mean number of requests. */
  readonly requests: number;
  /** From the first request to the last, if each answer just meets the objectives: the longest one seen. */
  readonly longestSpanMs: Ms;
  /** The mean from the beginning of the pause before a session to the end of its last answer. */
  readonly cycleMs: Ms;
}

/**
 * Estimates it from many sessions, the same ones under every seed: a context that is full ends a session early, so that the means of its
 * parts do not give its own. The error of the mean is some 2 % for sessions that differ much. Estimates are kept for later runs.
 */
export const usualSession = (of: LoadClass): UsualSession => {
  const key = JSON.stringify([of.config, of.objectives, of.maxOutputTokens]);
  const kept = estimates.get(key) ?? estimateOf(of);
  if (estimates.size >= MOST_KEPT) estimates.clear();
  estimates.set(key, kept);
  return kept;
};

const estimates = new Map<string, UsualSession>();
const MOST_KEPT = 32;

const SESSIONS = 2000;

const estimateOf = (like: LoadClass): UsualSession => {
  const of = like.with(seededRng('usual'));
  let [requests, longestSpanMs, cycleMs] = [0, 0, 0];
  for (let number = 0; number < SESSIONS; number++) {
    const { turns } = of.session(number);
    const lastMs = of.nominalMs(turns).at(-1)!;
    requests += turns.length;
    longestSpanMs = Math.max(longestSpanMs, lastMs);
    cycleMs += turns[0]!.pauseMs + lastMs + of.answerMs(turns.at(-1)!);
  }
  return { requests: requests / SESSIONS, longestSpanMs, cycleMs: cycleMs / SESSIONS };
};
