import type { Observation } from '../observation.ts';
import type { RequestInfo } from '../request-info.ts';

/**
 * How many tokens answers have, learnt by class. Nobody tells a router: it divides the time from the first message to the end by the
 * duration of a step that the node reports with its answer, and keeps a moving average.
 */
export class AnswerTokens {
  readonly #byClass = new Map<string, Average>();

  /** The mean of its class so far, at most what the request allows; half of that before the first answer. */
  expected({ class: name, maxOutputTokens }: RequestInfo): number {
    const known = this.#byClass.get(name);
    return known === undefined ? maxOutputTokens / 2 : Math.min(maxOutputTokens, known.tokens);
  }

  observe(what: Observation): void {
    if (what.kind !== 'ended' || what.ending.fault !== 'none') return;
    const { attempt, ending, nowMs } = what;
    const stepMs = ending.report?.stepMs ?? 0;
    if (Number.isNaN(attempt.firstMessageAtMs) || !(stepMs > 0)) return;
    const tokens = Math.min(attempt.request.maxOutputTokens, 1 + (nowMs - attempt.firstMessageAtMs) / stepMs);
    const average = this.#of(attempt.request.class);
    if (average === null) return;
    average.answers++;
    average.tokens += Math.max(NEWEST_SHARE, 1 / average.answers) * (tokens - average.tokens);
  }

  #of(name: string): Average | null {
    const known = this.#byClass.get(name);
    if (known !== undefined) return known;
    if (this.#byClass.size >= MOST_CLASSES) return null; // clients name classes: they must not fill the memory
    const average = { answers: 0, tokens: 0 };
    this.#byClass.set(name, average);
    return average;
  }
}

interface Average {
  answers: number;
  tokens: number;
}

const NEWEST_SHARE = 0.02;
const MOST_CLASSES = 64;
