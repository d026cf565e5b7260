import type { IncomingHttpHeaders } from 'node:http2';
import type { Ms } from '../../core/time/clock.ts';
import { grpcStatus } from '../attempt/grpc-status.ts';
import type { Status } from '../attempt/wire.ts';
import type { LoadReport } from '../endpoint/load-report.ts';
import { loadReportOf, ORCA_TRAILER } from '../endpoint/orca.ts';
import { countIn, oneOf } from './request-headers.ts';

/** The gRPC status in the trailers of an answer; UNKNOWN where there is none. */
export const statusOf = (trailers: IncomingHttpHeaders): number =>
  countIn(trailers['grpc-status']) ?? grpcStatus.unknown;

/** How long the node asks not to be tried again, in milliseconds; null where it does not ask. */
export const pushbackOf = (trailers: IncomingHttpHeaders): Ms | null => countIn(trailers['grpc-retry-pushback-ms']);

/** What the node says of its load; null where it says nothing that can be read. */
export const reportOf = (trailers: IncomingHttpHeaders): LoadReport | null => {
  const base64 = oneOf(trailers[ORCA_TRAILER]);
  return base64 === undefined ? null : loadReportOf(Buffer.from(base64, 'base64'));
};

/** The trailers of an answer that the router ends itself. Its messages are plain ASCII without a percent sign. */
export const answerWithStatus = ({ code, message }: Pick<Status, 'code' | 'message'>): IncomingHttpHeaders => ({
  'grpc-status': `${code}`,
  ...(message === undefined ? {} : { 'grpc-message': message }),
});
