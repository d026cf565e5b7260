import type { Event } from '../../core/event/event.ts';
import type { Ms } from '../../core/time/clock.ts';

/** What was measured of the requests of one class in one run. */
export interface SessionSamples {
  /** Time to first token of each answered request, from its intended start. */
  readonly ttftsMs: number[];
  promptTokens: number;
  /** Of those, what nodes had in their caches. */
  cachedTokens: number;
  requests: number;
  unanswered: number;
}

/** Adds up a run by class, of the requests that were intended from `fromMs` on; those of all classes are under the empty name. */
export class SessionTally {
  readonly byClass = new Map<string, SessionSamples>();
  readonly #fromMs: Ms;
  readonly #open = new Map<number, { readonly intendedAtMs: Ms; readonly of: readonly SessionSamples[] }>();

  constructor(fromMs: Ms) {
    this.#fromMs = fromMs;
  }

  add(event: Event): void {
    if (event.kind === 'sent') {
      if (event.intendedAtMs < this.#fromMs) return;
      const of = ['', ...(event.class === undefined ? [] : [event.class])].map((name) => this.#samplesOf(name));
      this.#open.set(event.request, { intendedAtMs: event.intendedAtMs, of });
      for (const samples of of) {
        samples.requests++;
        samples.promptTokens += event.promptTokens;
      }
      return;
    }
    if (!('request' in event)) return;
    const open = this.#open.get(event.request);
    if (open === undefined) return;
    for (const samples of open.of) {
      if (event.kind === 'scheduled') samples.cachedTokens += event.cachedTokens ?? 0;
      else if (event.kind === 'first-token') samples.ttftsMs.push(event.atMs - open.intendedAtMs);
      else if (event.kind === 'finished' && event.outcome !== 'answered') samples.unanswered++;
    }
  }

  #samplesOf(name: string): SessionSamples {
    const samples = this.byClass.get(name) ?? {
      ttftsMs: [],
      promptTokens: 0,
      cachedTokens: 0,
      requests: 0,
      unanswered: 0,
    };
    this.byClass.set(name, samples);
    return samples;
  }
}
