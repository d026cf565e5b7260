import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { Observation } from '../observation.ts';
import { NumbersByIndex } from './numbers-by-index.ts';

/**
 * How much of the round trips that a long prompt needs on a new connection it needs on that of an endpoint, 0 to 1.5, learnt.
 *
 * A new TCP connection sends 14,480 bytes (10 segments) and twice as many after each round trip; one that has sent much lately sends all at
 * once, and one that was idle begins again. What a connection does is seen in how late long prompts are, beside short ones.
 */
export class TransferShares {
  readonly #shares = new NumbersByIndex(UNKNOWN_SHARE);

  at(endpoint: number): number {
    return this.#shares.at(endpoint);
  }

  /** Learns from the first message of a long prompt: a fifth of what its prediction missed, as a share of its round trips. */
  observe(what: Observation, endpoints: EndpointTable): void {
    if (what.kind !== 'first') return;
    const { attempt, ttftMs, nowMs } = what;
    const { endpoint, startedAtMs } = attempt;
    const rounds = extraRoundTrips(attempt.promptTokens);
    if (rounds === 0 || Number.isNaN(attempt.predictedMs)) return;
    const rttMs = endpoints.forecast.rttMsAt(endpoint, startedAtMs, nowMs);
    if (!(rttMs > 0)) return;
    const residualMs = endpoints.residual.at(endpoint, nowMs, endpoints.handoverSinceSample(endpoint));
    const missed = (ttftMs - attempt.predictedMs - residualMs) / (rounds * rttMs);
    const share = this.at(endpoint) + NEWEST_SHARE * Math.max(-1, Math.min(1, missed));
    this.#shares.set(endpoint, Math.max(0, Math.min(MOST_SHARE, share)));
  }
}

/**
 * Round trips after the first that a prompt needs on a new connection: ceil(log2(1 + bytes / 14480)) - 1, at 4 bytes a token and 180 of
 * headers. Prompts of 3,574 tokens need none, of 10,814 one.
 */
export const extraRoundTrips = (promptTokens: number): number => {
  const windows = (promptTokens * BYTES_PER_TOKEN + HEADER_BYTES) / FIRST_WINDOW_BYTES;
  return windows <= 1 ? 0 : Math.ceil(Math.log2(1 + windows)) - 1;
};

const BYTES_PER_TOKEN = 4;
const HEADER_BYTES = 180;
const FIRST_WINDOW_BYTES = 14_480; // RFC 6928: 10 segments of 1,448 bytes
const UNKNOWN_SHARE = 0.5;
const MOST_SHARE = 1.5;
const NEWEST_SHARE = 0.2;
