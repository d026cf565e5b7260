import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { Forecast } from '../endpoint/forecast.ts';
import type { PathsNow } from '../endpoint/paths-now.ts';
import { FULL_SCAN_MAX, type PriceList } from './price-list.ts';

export interface PathTerms {
  /** What a slot boundary before the first token costs where nothing is known of its interruption. */
  readonly handoverMs: Ms;
  /** What the loss of a prompt or of a first token costs beside a round trip. */
  readonly lossMs: Ms;
  /** How far true interruptions stray from the forecast, before and after. */
  readonly guardMs: Ms;
  /** Whether the interruptions of the forecast count. */
  readonly countsInterruptions: boolean;
}

/**
 * From now to the first token, without the `serviceMs` of the node, in milliseconds:
 *
 *     forecast round trip (there as the path is now, back as it is then)
 *     + (round trip + lossMs) * (chance that the prompt meets an interruption + the same of the first token)
 *
 * An unknown round trip counts as 0, because the residual learns it; then a boundary costs `handoverMs`. The round trips that a prompt beyond
 * the first window of TCP may need are not here: learnt for each endpoint, they changed no figure.
 */
export const pathMs = (forecast: Forecast, endpoint: number, nowMs: Ms, serviceMs: Ms, terms: PathTerms): Ms => {
  const { handoverMs, lossMs, guardMs, countsInterruptions } = terms;
  const rttMs = forecast.rttMsAt(endpoint, nowMs, nowMs);
  const handoverAtMs = forecast.nextHandoverAfter(endpoint, nowMs);
  if (Number.isNaN(rttMs)) return handoverAtMs < nowMs + serviceMs ? handoverMs : 0;
  if (!countsInterruptions) {
    const isLater = handoverAtMs < nowMs + rttMs / 2 + serviceMs;
    const backMs = (isLater ? forecast.rttMsAt(endpoint, handoverAtMs, nowMs) : rttMs) / 2;
    return rttMs / 2 + backMs + (isLater ? handoverMs : 0);
  }
  const lostMs = rttMs + lossMs;
  const thereMs = rttMs / 2 + lostMs * forecast.chanceClosedAt(endpoint, nowMs, nowMs, guardMs);
  const backAtMs = nowMs + thereMs + serviceMs;
  const backMs = (handoverAtMs < backAtMs ? forecast.rttMsAt(endpoint, handoverAtMs, nowMs) : rttMs) / 2;
  return thereMs + backMs + lostMs * forecast.chanceClosedAt(endpoint, backAtMs, nowMs, guardMs);
};

/**
 * Adds it to each `predictedMs` of `list`, which holds the `serviceMs` of the node. Most prompts meet neither a boundary nor an interruption:
 * then the path is its round trip, and the forecast need not be asked.
 */
export const addAllPathMs = (
  { forecast, paths }: EndpointTable,
  { endpoints, count, candidateList, predictedMs }: PriceList,
  nowMs: Ms,
  terms: PathTerms,
): void => {
  paths.see(endpoints, count, nowMs, candidateList);
  const { listRttMs, listCalmUntilMs } = paths;
  const { guardMs } = terms;
  let met = 0;
  for (let place = 0; place < count; place++) {
    const serviceMs = predictedMs[place]!;
    const rttMs = listRttMs[place]!;
    const isCalm = nowMs + rttMs / 2 + serviceMs + guardMs < listCalmUntilMs; // false for a round trip that is not known
    if (isCalm) predictedMs[place] = rttMs + serviceMs;
    else unsure[met++] = place;
  }
  for (let index = 0; index < met; index++) {
    const place = unsure[index]!;
    const endpoint = endpoints[place]!;
    const serviceMs = predictedMs[place]!;
    const backAtMs = nowMs + listRttMs[place]! / 2 + serviceMs;
    const awayMs = isKnownCalm(paths, endpoint, backAtMs + guardMs)
      ? listRttMs[place]!
      : pathMs(forecast, endpoint, nowMs, serviceMs, terms);
    predictedMs[place] = awayMs + serviceMs;
  }
};

/** Whether the path itself meets neither before then. */
const isKnownCalm = ({ handoverAtMs, openUntilMs }: PathsNow, endpoint: number, untilMs: Ms): boolean =>
  untilMs < handoverAtMs[endpoint]! && untilMs < openUntilMs[endpoint]!;

/** The places of those that may meet one. */
const unsure = new Uint32Array(FULL_SCAN_MAX);
