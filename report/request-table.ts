import { type Event, OUTCOMES, type Outcome } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';
import { NameNumbers } from './name-numbers.ts';
import { NumberColumn } from './number-column.ts';

/** What the log says of one request, without its attempts; instants are scenario time, NaN for what did not happen. */
export interface RequestRecord {
  readonly request: number;
  readonly client: string;
  /** Undefined where the load has no classes. */
  readonly class: string | undefined;
  /** Undefined where it was sent on behalf of nobody in particular. */
  readonly tenant: string | undefined;
  /** In tokens. */
  readonly promptTokens: number;
  readonly intendedAtMs: Ms;
  readonly sentAtMs: Ms;
  readonly firstTokenAtMs: Ms;
  readonly lastTokenAtMs: Ms;
  /** `open` until it finished. */
  readonly outcome: Outcome;
  readonly tokens: number;
  /** Between two messages of the answer; NaN where there were fewer, or the log does not say it. */
  readonly longestGapMs: Ms;
  /** Gaps above the objective; NaN where `longestGapMs` is. */
  readonly stalls: number;
}

/**
 * The outcome of each request of a run, in 60 bytes a request. Events may come in any order, because parts have clocks of
 * their own, and may be spread over tables that are merged. A request that was never logged as sent belongs to another client.
 */
export class RequestTable {
  readonly #requests: number;
  readonly #clients = new NameNumbers();
  readonly #client: NumberColumn;
  readonly #classes = new NameNumbers();
  /** Empty where the load has no classes, as those of gaps where nobody logs them. */
  readonly #class = new NumberColumn(0, Float32Array);
  readonly #tenants = new NameNumbers();
  readonly #tenant = new NumberColumn(0, Float32Array);
  readonly #longestGapMs = new NumberColumn(0);
  readonly #stalls = new NumberColumn(0, Float32Array);
  readonly #promptTokens: NumberColumn;
  readonly #intendedAtMs: NumberColumn;
  readonly #sentAtMs: NumberColumn;
  readonly #firstTokenAtMs: NumberColumn;
  readonly #lastTokenAtMs: NumberColumn;
  readonly #outcome: NumberColumn;
  readonly #tokens: NumberColumn;
  /** How often clients sent again what they sent again. */
  readonly #retries = new Map<number, number>();

  /** `requests`: how many the schedule has; `mayFollow`: how many more may follow their answers. Others may use the router too, under any number: those are left out. */
  constructor(requests: number, mayFollow = 0) {
    this.#requests = requests + mayFollow;
    const rows = Math.min(requests, MOST_ROWS_AT_ONCE);
    const instants = (): NumberColumn => new NumberColumn(rows);
    const small = (): NumberColumn => new NumberColumn(rows, Float32Array);
    [this.#intendedAtMs, this.#sentAtMs] = [instants(), instants()];
    [this.#firstTokenAtMs, this.#lastTokenAtMs] = [instants(), instants()];
    [this.#client, this.#promptTokens, this.#outcome, this.#tokens] = [small(), small(), small(), small()];
  }

  add(event: Event): void {
    if (!('request' in event) || !(event.request < this.#requests) || event.request < 0) return;
    const { request } = event;
    if (event.kind === 'sent') {
      this.#client.set(request, this.#clients.numberOf(event.client));
      if (event.class !== undefined) this.#class.set(request, this.#classes.numberOf(event.class));
      if (event.tenant !== undefined) this.#tenant.set(request, this.#tenants.numberOf(event.tenant));
      this.#promptTokens.set(request, event.promptTokens);
      this.#intendedAtMs.set(request, event.intendedAtMs);
      this.#sentAtMs.set(request, event.atMs);
    } else if (event.kind === 'first-token') {
      this.#firstTokenAtMs.set(request, event.atMs);
    } else if (event.kind === 'finished') {
      this.#outcome.set(request, OUTCOMES.indexOf(event.outcome));
      this.#tokens.set(request, event.tokens);
      if (event.lastTokenAtMs !== undefined) this.#lastTokenAtMs.set(request, event.lastTokenAtMs);
      if (event.retries !== undefined) this.#retries.set(request, event.retries);
      if (event.gaps === undefined) return;
      this.#longestGapMs.set(request, event.gaps.maxMs);
      this.#stalls.set(request, event.gaps.stalls);
    }
  }

  /** Adds the rows of `other`, of the same run. */
  merge(other: RequestTable): void {
    for (let request = 0; request < other.#client.length; request++) {
      const client = other.#clients.nameOf(other.#client.at(request));
      if (client !== undefined) this.#client.set(request, this.#clients.numberOf(client));
      const name = other.#classes.nameOf(other.#class.at(request));
      if (name !== undefined) this.#class.set(request, this.#classes.numberOf(name));
      const tenant = other.#tenants.nameOf(other.#tenant.at(request));
      if (tenant !== undefined) this.#tenant.set(request, this.#tenants.numberOf(tenant));
    }
    this.#promptTokens.merge(other.#promptTokens);
    this.#intendedAtMs.merge(other.#intendedAtMs);
    this.#sentAtMs.merge(other.#sentAtMs);
    this.#firstTokenAtMs.merge(other.#firstTokenAtMs);
    this.#lastTokenAtMs.merge(other.#lastTokenAtMs);
    this.#outcome.merge(other.#outcome);
    this.#tokens.merge(other.#tokens);
    this.#longestGapMs.merge(other.#longestGapMs);
    this.#stalls.merge(other.#stalls);
    for (const [request, retries] of other.#retries) this.#retries.set(request, retries);
  }

  /** How often clients sent requests again that were intended from `fromMs` on. */
  clientRetries(fromMs: Ms): number {
    let sum = 0;
    for (const [request, retries] of this.#retries) if (this.#intendedAtMs.at(request) >= fromMs) sum += retries;
    return sum;
  }

  /** When a request was meant to be sent; NaN for one that was neither sent nor dropped. */
  intendedAtMs(request: number): Ms {
    return this.#intendedAtMs.at(request);
  }

  /** `open` until it finished. */
  outcomeOf(request: number): Outcome {
    return OUTCOMES[this.#outcome.at(request)] ?? 'open';
  }

  /** One past the last request that was sent or dropped. */
  get length(): number {
    return this.#client.length;
  }

  /** Every request that was sent or dropped, by number. */
  *records(): Generator<RequestRecord> {
    for (let request = 0; request < this.#client.length; request++) {
      const client = this.#clients.nameOf(this.#client.at(request));
      if (client === undefined) continue;
      yield {
        request,
        client,
        class: this.#classes.nameOf(this.#class.at(request)),
        tenant: this.#tenants.nameOf(this.#tenant.at(request)),
        promptTokens: this.#promptTokens.at(request),
        intendedAtMs: this.#intendedAtMs.at(request),
        sentAtMs: this.#sentAtMs.at(request),
        firstTokenAtMs: this.#firstTokenAtMs.at(request),
        lastTokenAtMs: this.#lastTokenAtMs.at(request),
        outcome: this.outcomeOf(request),
        tokens: this.#tokens.at(request),
        longestGapMs: this.#longestGapMs.at(request),
        stalls: this.#stalls.at(request),
      };
    }
  }
}

/** Above this many requests the table grows as the log is read: the number in the log may be wrong. */
export const MOST_ROWS_AT_ONCE = 1 << 20;

/** Time to first token, from the intended start; NaN when there was none. */
export const ttftMs = ({ firstTokenAtMs, intendedAtMs }: RequestRecord): Ms => firstTokenAtMs - intendedAtMs;

/** From the intended start to the last token; NaN for an answer without a token, and for an incomplete one. */
export const e2eMs = ({ outcome, lastTokenAtMs, intendedAtMs }: RequestRecord): Ms =>
  outcome === 'answered' ? lastTokenAtMs - intendedAtMs : Number.NaN;

/** Time per output token after the first, (E2E - TTFT) / (n - 1); NaN for fewer than two tokens, and an incomplete answer. */
export const tpotMs = (record: RequestRecord): Ms =>
  record.tokens >= 2 ? (e2eMs(record) - ttftMs(record)) / (record.tokens - 1) : Number.NaN;
