import type { Ms } from '../../core/time/clock.ts';
import { grpcStatus } from '../attempt/grpc-status.ts';
import type { LoadReport } from '../endpoint/load-report.ts';
import { loadReportOf, ORCA_TRAILER } from '../endpoint/orca.ts';
import { loadReportInHeader, ORCA_HEADER } from '../endpoint/orca-header.ts';
import { PUSHBACK } from './header-rules.ts';
import type { HeaderView } from './header-view.ts';

/** The gRPC status in the trailers of an answer; UNKNOWN where there is none. */
export const statusOf = (trailers: HeaderView): number => trailers.count('grpc-status') ?? grpcStatus.unknown;

/**
 * How long the node asks not to be called again, in milliseconds; null where it does not ask, and -1 where the request must not be tried again at
 * all: the value is negative or cannot be read. Source: gRFC A6.
 */
export const pushbackOf = (trailers: HeaderView): Ms | null => {
  const pushbackMs = trailers.count(PUSHBACK);
  return pushbackMs === null && trailers.get(PUSHBACK) !== undefined ? -1 : pushbackMs;
};

/** The load that the node reports, as protobuf or else as text or JSON; null where there is no readable report. */
export const reportOf = (trailers: HeaderView): LoadReport | null => {
  const base64 = trailers.get(ORCA_TRAILER);
  if (base64 !== undefined) return loadReportOf(Buffer.from(base64, 'base64'));
  const header = trailers.get(ORCA_HEADER);
  return header === undefined ? null : loadReportInHeader(header);
};
