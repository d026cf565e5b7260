import type { Ms } from '../../core/time/clock.ts';
import type { LoadReport } from '../endpoint/load-report.ts';
import { grpcStatus } from './grpc-status.ts';

/**
 * Who caused the end of an attempt. `node`: it failed or refused the request. `path`: the connection to it
 * was lost or never made. `client`: the request itself is wrong, and any node would refuse it. `none`: nobody, as for an
 * answer, a deadline, or a client that left.
 */
export type Blame = 'node' | 'path' | 'client' | 'none';

/** How an attempt ended, as the router saw it. */
export interface Ending {
  /** A gRPC status code. */
  readonly code: number;
  /** One line for a person; left out where the code says it all. */
  readonly message?: string;
  /** The load that the node reported with it. */
  readonly report: LoadReport | null;
  /** How long the node asked not to be called; negative where the request must not be tried again. */
  readonly pushbackMs: Ms | null;
  readonly fault: Blame;
  /** Where no server has seen the request for certain: it was never sent, or the node's HTTP/2 refused it. Left out where one may have. */
  readonly unseen?: 'not-sent' | 'refused';
  /** Whether the node sent the code itself, or the router derived it. */
  readonly isSaidByNode: boolean;
}

/** The ending of an attempt that the node ended with a status. */
export const endingByNode = (
  code: number,
  { message, report, pushbackMs }: { readonly message?: string } & Pick<Ending, 'report' | 'pushbackMs'>,
): Ending => {
  if (code === grpcStatus.ok && message === undefined && report === null && pushbackMs === null) return ANSWERED;
  const fault = blameOf(code, report !== null || pushbackMs !== null);
  const ending = { code, report, pushbackMs, fault, isSaidByNode: true };
  return message === undefined ? ending : { ...ending, message };
};

/**
 * The ending of an attempt without a status from the node: its connection was lost (`path`), the node reset the stream
 * (`node`), or the request cannot be carried (`client`).
 */
export const endingWithoutStatus = (fault: 'path' | 'node' | 'client', code: number, message: string): Ending => ({
  code,
  message,
  report: null,
  pushbackMs: null,
  fault,
  isSaidByNode: false,
});

/** The request was not sent: there is no connection. */
export const NOT_SENT: Ending = Object.freeze({
  ...endingWithoutStatus('path', grpcStatus.unavailable, 'there is no connection to the node'),
  unseen: 'not-sent',
});

/** Another attempt of the request was faster. */
export const OUTRUN: Ending = Object.freeze({
  code: grpcStatus.cancelled,
  report: null,
  pushbackMs: null,
  fault: 'none',
  isSaidByNode: false,
});

/** Its first message did not come in time, and the request goes elsewhere. */
export const TOO_SLOW: Ending = Object.freeze({
  code: grpcStatus.cancelled,
  report: null,
  pushbackMs: null,
  fault: 'none',
  isSaidByNode: false,
});

/** The node answered, and reports nothing. */
const ANSWERED: Ending = Object.freeze({
  code: grpcStatus.ok,
  report: null,
  pushbackMs: null,
  fault: 'none',
  isSaidByNode: true,
});

/** The client left. */
export const CLIENT_GONE: Ending = Object.freeze({
  code: grpcStatus.cancelled,
  report: null,
  pushbackMs: null,
  fault: 'none',
  isSaidByNode: false,
});

/** The deadline passed: that depends on the client, not on the endpoint. */
export const DEADLINE: Ending = Object.freeze({
  code: grpcStatus.deadlineExceeded,
  message: 'the deadline ran out',
  report: null,
  pushbackMs: null,
  fault: 'none',
  isSaidByNode: false,
});

/** Health checks have the router leave an endpoint, and a request that has not begun there is moved to a healthy one. */
export const MOVED_OFF: Readonly<Record<'path' | 'node', Ending>> = Object.freeze({
  path: endingWithoutStatus('path', grpcStatus.unavailable, 'nothing comes over the path to the node any more'),
  node: endingWithoutStatus('node', grpcStatus.unavailable, 'the node says that it does not serve'),
});

/** The router shuts down and does not wait for the attempt. */
export const CUT_OFF: Ending = Object.freeze({
  code: grpcStatus.unavailable,
  message: 'the router is shutting down',
  report: null,
  pushbackMs: null,
  fault: 'none',
  isSaidByNode: false,
});

/**
 * RESOURCE_EXHAUSTED has two meanings. A full node sends it with its load or a pushback. A message that is too large is
 * refused with neither, and that is the client's mistake. Source of the codes: grpc/doc/statuscodes.md.
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
    default: // CANCELLED too: the client did not cancel, else the router would not have waited for this status
      return 'node';
  }
};
