import { type Ending, endingWithoutStatus } from '../attempt/ending.ts';
import { grpcStatus, statusOfHttp, statusOfReset } from '../attempt/grpc-status.ts';
import { http2Code } from '../http2/http2-code.ts';
import type { HeaderView } from './header-view.ts';
import { isGrpc } from './request-headers.ts';

/** The ending of an attempt whose stream closed without a status; `hasAnswer` where its headers had come. */
export const endingOfClosed = (code: number, isConnectionLost: boolean, hasAnswer: boolean): Ending => {
  if (code === http2Code.refusedStream) return hasAnswer ? REFUSED_LATE : REFUSED; // beyond its GOAWAY too
  if (isConnectionLost) {
    return endingWithoutStatus('path', grpcStatus.unavailable, 'the connection to the node was lost');
  }
  if (code === http2Code.noError) {
    return endingWithoutStatus('node', statusOfReset(code), 'the node ended its answer without a status');
  }
  if (code === http2Code.enhanceYourCalm) {
    // Headers of a request too large for the node, or of an answer too large for the router: a client can cause both.
    const message = 'the headers are larger than the node or the router takes';
    return endingWithoutStatus('client', statusOfReset(code), message);
  }
  const message = `the node reset the stream with HTTP/2 code ${code}`;
  return endingWithoutStatus('node', statusOfReset(code), message);
};

const REFUSED_LATE: Ending = Object.freeze(
  endingWithoutStatus('node', grpcStatus.unavailable, 'the node refused the stream'),
);

/** Source: RFC 9113 8.7. */
const REFUSED: Ending = Object.freeze({ ...REFUSED_LATE, unseen: 'refused' });

/** The ending of an attempt whose answer is not gRPC's; null where it is. */
export const endingOfAnswer = (answer: HeaderView): Ending | null => {
  const status = answer.get(':status');
  if (status !== '200') {
    const httpStatus = Number(status);
    const message = `the node answered with HTTP status ${httpStatus}`;
    return endingWithoutStatus('node', statusOfHttp(httpStatus), message);
  }
  if (isGrpc(answer)) return null;
  return endingWithoutStatus('node', grpcStatus.unknown, 'the node answered with a content-type other than gRPC');
};

export const TOO_LARGE_FOR_NODE: Ending = Object.freeze(
  endingWithoutStatus(
    'client',
    grpcStatus.resourceExhausted,
    'the headers of the request are larger than the node takes',
  ),
);

export const TOO_LARGE_FOR_CLIENT: Ending = Object.freeze(
  endingWithoutStatus(
    'client',
    grpcStatus.resourceExhausted,
    'the headers of the answer are larger than the client takes',
  ),
);

/** The router holds as much as it may of what clients do not read. */
export const NO_ROOM_FOR_ANSWER: Ending = Object.freeze(
  endingWithoutStatus('client', grpcStatus.resourceExhausted, 'the client reads its answers too slowly'),
);

/** The router holds as much as it may of what nodes do not read. */
export const NO_ROOM_FOR_REQUEST: Ending = Object.freeze(
  endingWithoutStatus('node', grpcStatus.resourceExhausted, 'the node reads the request too slowly'),
);

/** node:http2 refuses headers that `header-rules.ts` let through: no node is to blame. */
export const UNSENDABLE: Ending = Object.freeze(
  endingWithoutStatus('client', grpcStatus.internal, 'the headers of the request cannot be sent'),
);
