import { type Event, OUTCOMES, type Outcome } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';
import { NameNumbers } from './name-numbers.ts';
import { NumberColumn } from './number-column.ts';
import { MOST_ROWS_AT_ONCE } from './request-table.ts';

/** What the log says of one attempt of a request on one endpoint; NaN and undefined for what did not happen. */
export interface AttemptRecord {
  readonly request: number;
  /** Counts from 1. */
  readonly attempt: number;
  readonly endpoint: string | undefined;
  readonly routedAtMs: Ms;
  readonly receivedAtMs: Ms;
  readonly scheduledAtMs: Ms;
  readonly servedAtMs: Ms;
  /** How the node ended it. */
  readonly served: Outcome | undefined;
}

/**
 * The outcome of each attempt of each request, in 44 bytes for a request with one attempt. Keyed by request and attempt, so
 * that the node of a second attempt is never taken for that of the first. Order and merging are as in `RequestTable`.
 */
export class AttemptTable {
  readonly #requests: number;
  readonly #endpoints = new NameNumbers();
  /** Of requests that had two attempts at once: the one that had the first message. */
  readonly #won = new Map<number, number>();
  /** How often each request was routed. */
  readonly #attempts: NumberColumn;
  /** First attempts, by request. */
  readonly #first: Columns;
  /** Later attempts, which are few, each in a row of its own that `#laterRows` finds. */
  readonly #later = columnsOf(0);
  readonly #laterRows = new Map<number, number>();
  /** Why each of them began. */
  readonly #cause = new NumberColumn(0, Float32Array);

  /** As for `RequestTable`. */
  constructor(requests: number, mayFollow = 0) {
    this.#requests = requests + mayFollow;
    const rows = Math.min(requests, MOST_ROWS_AT_ONCE);
    this.#attempts = new NumberColumn(rows, Float32Array);
    this.#first = columnsOf(rows);
  }

  add(event: Event): void {
    if (!('attempt' in event) || !(event.request < this.#requests) || event.request < 0) return;
    const { request, attempt, atMs } = event;
    if (event.kind === 'won') {
      this.#won.set(request, attempt);
      return;
    }
    const [columns, row] = this.#at(request, attempt);
    if (event.kind === 'routed') {
      columns.routedAtMs.set(row, atMs);
      this.#setEndpoint(request, attempt, event.endpoint);
      if (attempt > 1) this.#cause.set(row, CAUSES.indexOf(event.cause ?? 'retry'));
    } else if (event.kind === 'received') {
      columns.receivedAtMs.set(row, atMs);
    } else if (event.kind === 'scheduled') {
      columns.scheduledAtMs.set(row, atMs);
    } else {
      columns.servedAtMs.set(row, atMs);
      columns.served.set(row, OUTCOMES.indexOf(event.outcome));
    }
  }

  /** Adds the rows of `other`, of the same run. */
  merge(other: AttemptTable): void {
    for (const [request, attempt] of other.#won) this.#won.set(request, attempt);
    for (const { request, attempt } of other.records()) {
      const [columns, row] = this.#at(request, attempt);
      const [others, otherRow] = other.#at(request, attempt);
      for (const name of NUMBERS) {
        const value = others[name].at(otherRow);
        if (!Number.isNaN(value)) columns[name].set(row, value);
      }
      const cause = attempt > 1 ? other.#cause.at(otherRow) : Number.NaN;
      if (!Number.isNaN(cause)) this.#cause.set(row, cause);
      const endpoint = other.#endpoints.nameOf(others.endpoint.at(otherRow));
      if (endpoint !== undefined) this.#setEndpoint(request, attempt, endpoint);
    }
  }

  /** How often the request was routed. */
  attemptsOf(request: number): number {
    const attempts = this.#attempts.at(request);
    return Number.isNaN(attempts) ? 0 : attempts;
  }

  /** Which attempt counts: of two at once the one that won, else the last; 0 when it was never routed. */
  countingOf(request: number): number {
    return this.#won.get(request) ?? this.attemptsOf(request);
  }

  /** Where the attempt went that counts; undefined when the request was never routed. */
  endpointOf(request: number): string | undefined {
    const attempt = this.countingOf(request);
    if (attempt === 0) return undefined;
    const [{ endpoint }, row] = this.#at(request, attempt);
    return this.#endpoints.nameOf(endpoint.at(row));
  }

  /** The attempt of the request that counts, or the first if the router logged none. */
  last(request: number): AttemptRecord {
    return this.#record(request, Math.max(1, this.countingOf(request)));
  }

  /** The attempts beyond the first that the router logged, and why each began; an older log says of none, and means retries. */
  *extra(): Generator<{ readonly request: number; readonly attempt: number; readonly cause: ExtraCause }> {
    for (const [key, row] of this.#laterRows) {
      const cause = CAUSES[this.#cause.at(row)];
      if (cause !== undefined) yield { request: Math.floor(key / ATTEMPTS), attempt: key % ATTEMPTS, cause };
    }
  }

  /** Every attempt that the router or a node logged: first attempts by request, then the others. */
  *records(): Generator<AttemptRecord> {
    const { routedAtMs, receivedAtMs, scheduledAtMs, servedAtMs } = this.#first;
    const firsts = Math.max(routedAtMs.length, receivedAtMs.length, scheduledAtMs.length, servedAtMs.length);
    for (let request = 0; request < firsts; request++) {
      const record = this.#record(request, 1);
      if (wasSeen(record)) yield record;
    }
    for (const key of this.#laterRows.keys()) yield this.#record(Math.floor(key / ATTEMPTS), key % ATTEMPTS);
  }

  #record(request: number, attempt: number): AttemptRecord {
    const [columns, row] = this.#at(request, attempt);
    return {
      request,
      attempt,
      endpoint: this.#endpoints.nameOf(columns.endpoint.at(row)),
      routedAtMs: columns.routedAtMs.at(row),
      receivedAtMs: columns.receivedAtMs.at(row),
      scheduledAtMs: columns.scheduledAtMs.at(row),
      servedAtMs: columns.servedAtMs.at(row),
      served: OUTCOMES[columns.served.at(row)],
    };
  }

  #setEndpoint(request: number, attempt: number, name: string): void {
    const [columns, row] = this.#at(request, attempt);
    columns.endpoint.set(row, this.#endpoints.numberOf(name));
    if (attempt > this.attemptsOf(request)) this.#attempts.set(request, attempt);
  }

  #at(request: number, attempt: number): readonly [Columns, number] {
    if (attempt === 1) return [this.#first, request];
    const key = request * ATTEMPTS + attempt;
    const row = this.#laterRows.get(key) ?? this.#laterRows.size;
    this.#laterRows.set(key, row);
    return [this.#later, row];
  }
}

type ExtraCause = NonNullable<Extract<Event, { kind: 'routed' }>['cause']>;

const CAUSES: readonly ExtraCause[] = ['retry', 'transparent', 'hedge', 'time-out', 'moved'];

/** More attempts than any request has. */
const ATTEMPTS = 1 << 16;

const NUMBERS = ['routedAtMs', 'receivedAtMs', 'scheduledAtMs', 'servedAtMs', 'served'] as const;

type Columns = Readonly<Record<(typeof NUMBERS)[number] | 'endpoint', NumberColumn>>;

const columnsOf = (rows: number): Columns => ({
  routedAtMs: new NumberColumn(rows),
  receivedAtMs: new NumberColumn(rows),
  scheduledAtMs: new NumberColumn(rows),
  servedAtMs: new NumberColumn(rows),
  served: new NumberColumn(rows, Float32Array),
  endpoint: new NumberColumn(rows, Float32Array),
});

const wasSeen = ({ routedAtMs, receivedAtMs, scheduledAtMs, servedAtMs }: AttemptRecord): boolean =>
  !(Number.isNaN(routedAtMs) && Number.isNaN(receivedAtMs) && Number.isNaN(scheduledAtMs) && Number.isNaN(servedAtMs));
