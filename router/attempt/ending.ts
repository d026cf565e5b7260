import type { Ms } from '../../core/time/clock.ts';
import type { LoadReport } from '../endpoint/load-report.ts';
import { grpcStatus } from './grpc-status.ts';

/**
 * Whose doing it is that an attempt ended as it did. `node`: it failed or refused the request. `path`: the connection to it
 * was lost or never there. `client`: the request itself is wrong, and any node would say so. `none`: nobody's, such as an
 * answer, a deadline, or a client that left.
 */
export type Blame = 'node' | 'path' | 'client' | 'none';

/** How an attempt ended, as the router saw it. */
export interface Ending {
  /** A gRPC status code. */
  readonly code: number;
  /** One line for a person; left out where the code says it all. */
  readonly message?: string;
  /** What the node said of its load with it. */
  readonly report: LoadReport | null;
  /** How long the node asked to be left alone. */
  readonly pushbackMs: Ms | null;
  readonly fault: Blame;
  /** Whether the node said the code itself, or the router concluded it. */
  readonly isSaidByNode: boolean;
}

/** How an attempt ended that a node ended with a status. */
export const endingByNode = (
  code: number,
  { message, report, pushbackMs }: { readonly message?: string } & Pick<Ending, 'report' | 'pushbackMs'>,
): Ending => ({
  code,
  ...(message === undefined ? {} : { message }),
  report,
  pushbackMs,
  fault: blameOf(code, report !== null || pushbackMs !== null),
  isSaidByNode: true,
});

/**
 * How an attempt ended without a status of the node: its connection was lost (`path`), it reset the stream (`node`), or what
 * it was asked cannot be carried (`client`).
 */
export const endingWithoutStatus = (fault: 'path' | 'node' | 'client', code: number, message: string): Ending => ({
  code,
  message,
  report: null,
  pushbackMs: null,
  fault,
  isSaidByNode: false,
});

/** The client left. */
export const CLIENT_GONE: Ending = Object.freeze({
  code: grpcStatus.cancelled,
  report: null,
  pushbackMs: null,
  fault: 'none',
  isSaidByNode: false,
});

/** Its time ran out: that says how patient the client was. */
export const DEADLINE: Ending = Object.freeze({
  code: grpcStatus.deadlineExceeded,
  message: 'the deadline ran out',
  report: null,
  pushbackMs: null,
  fault: 'none',
  isSaidByNode: false,
});

/** The router shuts down and waits no longer. */
export const CUT_OFF: Ending = Object.freeze({
  code: grpcStatus.unavailable,
  message: 'the router is shutting down',
  report: null,
  pushbackMs: null,
  fault: 'none',
  isSaidByNode: false,
});

/**
 * RESOURCE_EXHAUSTED has two meanings: a node that is full says so together with its load or a pushback; a message that is
 * too large is refused without either, and that is the client's mistake. Source of the codes: grpc/doc/statuscodes.md.
 */
const blameOf = (code: number, saysLoad: boolean): Blame => {
  switch (code) {
    case grpcStatus.ok:
    case grpcStatus.deadlineExceeded:
      return 'none';
    case grpcStatus.resourceExhausted:
      return saysLoad ? 'node' : 'client';
    case grpcStatus.invalidArgument:
    case grpcStatus.notFound:
    case grpcStatus.alreadyExists:
    case grpcStatus.permissionDenied:
    case grpcStatus.failedPrecondition:
    case grpcStatus.aborted:
    case grpcStatus.outOfRange:
    case grpcStatus.unimplemented:
    case grpcStatus.unauthenticated:
      return 'client';
    default: // CANCELLED too: the client did not cancel, or nobody would have waited for this status
      return 'node';
  }
};
