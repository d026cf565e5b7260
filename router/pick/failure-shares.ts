import type { Ms } from '../../core/time/clock.ts';
import type { Observation } from '../observation.ts';
import { NumbersByIndex } from './numbers-by-index.ts';

/**
 * By endpoint the share of its latest attempts that failed by a fault of node or path: the newest counts a tenth, and it decays with tau
 * 10 s, so that an endpoint that nobody uses is tried again.
 */
export class FailureShares {
  readonly #share = new NumbersByIndex(0);
  readonly #atMs = new NumbersByIndex(0);

  at(endpoint: number, nowMs: Ms): number {
    const share = this.#share.at(endpoint);
    return share === 0 ? 0 : share * Math.exp((this.#atMs.at(endpoint) - nowMs) / TAU_MS);
  }

  observe(what: Observation): void {
    if (what.kind !== 'ended' || what.ending.fault === 'client') return;
    const { attempt, ending, nowMs } = what;
    const failed = ending.fault === 'none' ? 0 : 1;
    const share = this.at(attempt.endpoint, nowMs);
    this.#share.set(attempt.endpoint, share + NEWEST_SHARE * (failed - share));
    this.#atMs.set(attempt.endpoint, nowMs);
  }
}

const NEWEST_SHARE = 0.1;
const TAU_MS: Ms = 10_000;
