import { exponential } from '../../core/random/distributions.ts';
import { seededRng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { LoadTransportName } from '../../workload/load-schema.ts';
import { ON_ITS_OWN, type PlannedRequest, type Schedule } from '../../workload/schedule.ts';

/** A load: so many answers open at a time, which send so many messages a second together. */
export interface LoadCase {
  readonly transport: LoadTransportName;
  readonly streams: number;
  readonly messagesPerS: number;
  /** How long an answer takes. */
  readonly answerMs: Ms;
  /** What is measured; the streams open before it, for as long as an answer takes. */
  readonly measuredMs: Ms;
}

/** From one message of an answer to the next. */
export const everyMs = ({ streams, messagesPerS }: LoadCase): Ms => (1000 * streams) / messagesPerS;

/** Requests at random instants (Poisson), as many as keep `streams` answers open (Little's law). */
export const scheduleOfCase = (of: LoadCase): Schedule => {
  const rng = seededRng(1)('arrivals');
  const outputTokens = Math.max(1, Math.round(of.answerMs / everyMs(of)));
  const meanGapMs = of.answerMs / of.streams;
  const requests: PlannedRequest[] = [];
  const untilMs = of.answerMs + of.measuredMs;
  for (let atMs = exponential(rng, meanGapMs); atMs < untilMs; atMs += exponential(rng, meanGapMs)) {
    const lengths = { promptTokens: 500, outputTokens, maxOutputTokens: outputTokens };
    requests.push({ ...ON_ITS_OWN, ...lengths, id: requests.length, atMs, client: CLIENTS[requests.length % 4]! });
  }
  return requests;
};

/** Users in some places: a connection each. */
export const CLIENTS = ['north', 'east', 'south', 'west'] as const;
