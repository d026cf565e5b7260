import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { Forecast } from '../endpoint/forecast.ts';
import type { Observation } from '../observation.ts';
import { extraRoundTrips, TransferShares } from './transfer-shares.ts';

export interface PathTerms {
  /** What a slot boundary before the first token costs where nothing is known of its interruption. */
  readonly handoverMs: Ms;
  /** What the loss of a prompt or of a first token costs beside a round trip. */
  readonly lossMs: Ms;
  /** How far true interruptions stray from the forecast, before and after. */
  readonly guardMs: Ms;
  /** Whether the interruptions of the forecast count, and the round trips of long prompts. */
  readonly countsInterruptions: boolean;
  readonly countsTransfer: boolean;
}

/** What the path of an endpoint adds to a request: round trips, and what interruptions at the start of slots cost. */
export class PathPrice {
  readonly #terms: PathTerms;
  readonly #shares = new TransferShares();

  constructor(terms: PathTerms) {
    this.#terms = terms;
  }

  /**
   * From now to the first token, without the `serviceMs` of the node, in milliseconds:
   *
   *     forecast round trip (there as the path is now, back as it is then)
   *     + round trips that a prompt beyond the first window of TCP needs, as far as this connection needs them
   *     + (round trip + lossMs) * chance that the end of the prompt meets an interruption, and the same for the first token
   *
   * An unknown round trip counts as 0, because the residual learns it; then a boundary costs `handoverMs`.
   */
  ms(endpoints: EndpointTable, endpoint: number, nowMs: Ms, promptTokens: number, serviceMs: Ms): Ms {
    const { forecast } = endpoints;
    const { handoverMs, lossMs, countsInterruptions, countsTransfer } = this.#terms;
    const rttMs = forecast.rttMsAt(endpoint, nowMs, nowMs);
    const handoverAtMs = forecast.nextHandoverAfter(endpoint, nowMs);
    if (Number.isNaN(rttMs)) return handoverAtMs < nowMs + serviceMs ? handoverMs : 0;
    const transferMs = countsTransfer ? extraRoundTrips(promptTokens) * this.#shares.at(endpoint) * rttMs : 0;
    const lostMs = countsInterruptions ? rttMs + lossMs : 0;
    let thereMs = rttMs / 2 + transferMs;
    if (countsInterruptions) {
      const now = this.#closed(forecast, endpoint, nowMs, nowMs);
      const end = transferMs > 0 ? this.#closed(forecast, endpoint, nowMs + transferMs, nowMs) : 0;
      thereMs += lostMs * Math.max(now, end);
    }
    const backAtMs = nowMs + thereMs + serviceMs;
    const backMs =
      handoverAtMs >= backAtMs
        ? rttMs / 2
        : forecast.rttMsAt(endpoint, handoverAtMs, nowMs) / 2 + (countsInterruptions ? 0 : handoverMs);
    const backLostMs = countsInterruptions ? lostMs * this.#closed(forecast, endpoint, backAtMs, nowMs) : 0;
    return thereMs + backMs + backLostMs;
  }

  observe(what: Observation, endpoints: EndpointTable): void {
    if (this.#terms.countsTransfer) this.#shares.observe(what, endpoints);
  }

  /** The chance that nothing passes at `atMs`: the share of three instants, a guard apart, at which the forecast says so. */
  #closed(forecast: Forecast, endpoint: number, atMs: Ms, nowMs: Ms): number {
    const { guardMs } = this.#terms;
    const before = forecast.isUpAt(endpoint, Math.max(nowMs, atMs - guardMs), nowMs) ? 0 : 1;
    const then = forecast.isUpAt(endpoint, atMs, nowMs) ? 0 : 1;
    return (before + then + (forecast.isUpAt(endpoint, atMs + guardMs, nowMs) ? 0 : 1)) / 3;
  }
}
