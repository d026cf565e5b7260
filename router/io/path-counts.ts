import { grpcStatus } from '../attempt/grpc-status.ts';
import type { Status } from '../attempt/wire.ts';
import type { DataPathCounters, EndpointCounters } from './data-path.ts';

/** How a request or an attempt ended, for the counters. */
type CountedEnd = 'answered' | 'failed' | 'cancelled' | 'rejected';

type Counts<Counters> = { -readonly [Key in keyof Counters]: number };

/** Counts what a data path does, in total and by endpoint. */
export class PathCounts {
  readonly #all: Counts<DataPathCounters>;
  readonly #endpoints: readonly Counts<EndpointCounters>[];

  constructor(endpoints: number) {
    this.#all = { requests: 0, active: 0, ...NO_ENDS, retried: 0, answerBytes: 0 };
    this.#endpoints = Array.from({ length: endpoints }, () => ({
      requests: 0,
      active: 0,
      ...NO_ENDS,
      retried: 0,
      requestBytes: 0,
      answerBytes: 0,
    }));
  }

  /** A request came in. Returns how many there were. */
  arrived(): number {
    this.#all.active++;
    return ++this.#all.requests;
  }

  /** A request is over. */
  over(end: CountedEnd): void {
    this.#all.active--;
    this.#all[end]++;
  }

  /** An attempt began at an endpoint. */
  began(endpoint: number, isRetry: boolean): void {
    const counts = this.#endpoints[endpoint]!;
    counts.requests++;
    counts.active++;
    if (!isRetry) return;
    counts.retried++;
    this.#all.retried++;
  }

  /** An attempt at an endpoint is over. */
  ended(endpoint: number, end: CountedEnd): void {
    const counts = this.#endpoints[endpoint]!;
    counts.active--;
    counts[end]++;
  }

  /** Bytes of a body went to an endpoint. */
  sent(endpoint: number, bytes: number): void {
    this.#endpoints[endpoint]!.requestBytes += bytes;
  }

  /** Bytes of an answer came from an endpoint and went to the client. */
  passed(endpoint: number, bytes: number): void {
    this.#endpoints[endpoint]!.answerBytes += bytes;
    this.#all.answerBytes += bytes;
  }

  all(): DataPathCounters {
    return { ...this.#all };
  }

  byEndpoint(): readonly EndpointCounters[] {
    return this.#endpoints.map((counts) => ({ ...counts }));
  }
}

const NO_ENDS = { answered: 0, failed: 0, cancelled: 0, rejected: 0 };

/** How an attempt that ended with a gRPC status counts. */
export const attemptCountedAs = (code: number): CountedEnd => {
  if (code === grpcStatus.ok) return 'answered';
  if (code === grpcStatus.cancelled || code === grpcStatus.deadlineExceeded) return 'cancelled';
  return code === grpcStatus.resourceExhausted ? 'rejected' : 'failed';
};

/** How a request counts; one that no endpoint could take was refused by the router. */
export const requestCountedAs = ({ code, by }: Status, wasTried: boolean): CountedEnd =>
  by === 'router' && !wasTried ? 'rejected' : attemptCountedAs(code);
