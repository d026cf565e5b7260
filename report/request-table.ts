import type { Event, Outcome } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';

/** All that the log says of one request; instants are scenario time. */
export interface RequestRecord {
  readonly request: number;
  readonly client: string;
  readonly intendedAtMs: Ms;
  readonly sentAtMs: Ms;
  readonly promptTokens: number;
  /** Of the last attempt. */
  routedAtMs?: Ms;
  endpoint?: string;
  expectedMs?: Ms;
  attempts: number;
  receivedAtMs?: Ms;
  scheduledAtMs?: Ms;
  firstTokenAtMs?: Ms;
  finishedAtMs?: Ms;
  /** `open` until it finished. */
  outcome: Outcome;
  tokens: number;
  status?: string;
  reason?: string;
}

/**
 * The records of one run, by request. The clocks of its parts differ by some microseconds, so an event of a request may
 * stand before the one that sent it.
 */
export const requestRecords = (events: readonly Event[]): ReadonlyMap<number, RequestRecord> => {
  const records = new Map<number, RequestRecord>();
  for (const event of events) {
    if (event.kind !== 'sent') continue;
    const { request, client, intendedAtMs, promptTokens, atMs: sentAtMs } = event;
    records.set(request, {
      request,
      client,
      intendedAtMs,
      sentAtMs,
      promptTokens,
      attempts: 0,
      outcome: 'open',
      tokens: 0,
    });
  }
  for (const event of events) {
    const record = 'request' in event ? records.get(event.request) : undefined; // others may drive the router too
    if (record !== undefined) addEvent(record, event);
  }
  return records;
};

const addEvent = (record: RequestRecord, event: Event): void => {
  switch (event.kind) {
    case 'routed':
      record.routedAtMs = event.atMs;
      record.endpoint = event.endpoint;
      record.attempts = event.attempt;
      if (event.expectedMs !== undefined) record.expectedMs = event.expectedMs;
      break;
    case 'received':
      record.receivedAtMs = event.atMs;
      break;
    case 'scheduled':
      record.scheduledAtMs = event.atMs;
      break;
    case 'first-token':
      record.firstTokenAtMs = event.atMs;
      break;
    case 'finished':
      record.finishedAtMs = event.atMs;
      record.outcome = event.outcome;
      record.tokens = event.tokens;
      record.status = event.status;
      if (event.reason !== undefined) record.reason = event.reason;
      break;
  }
};

/** Time to first token, from the intended start; NaN when there was none. */
export const ttftMs = (record: RequestRecord): Ms => (record.firstTokenAtMs ?? Number.NaN) - record.intendedAtMs;

/** Response time, from the intended start to the end; NaN when it has not ended. */
export const e2eMs = (record: RequestRecord): Ms => (record.finishedAtMs ?? Number.NaN) - record.intendedAtMs;

/** Time per output token after the first, (E2E - TTFT) / (n - 1); NaN for fewer than two tokens. */
export const tpotMs = (record: RequestRecord): Ms =>
  record.tokens < 2 ? Number.NaN : (e2eMs(record) - ttftMs(record)) / (record.tokens - 1);
