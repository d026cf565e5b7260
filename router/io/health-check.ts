import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import { fromBinary } from '@bufbuild/protobuf';
import type { Ms } from '../../core/time/clock.ts';
import {
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
} from '../../proto/gen/grpc/health/v1/health_pb.js';
import { grpcStatus } from '../attempt/grpc-status.ts';
import type { LoadReport } from '../endpoint/load-report.ts';
import type { CheckAnswer } from '../filter/path-health.ts';
import { reportOf, statusOf } from './answer-headers.ts';
import { Deadline } from './deadline.ts';
import { requestHeaders } from './header-rules.ts';
import { headerViewOf } from './header-view.ts';
import type { Upstream } from './upstream.ts';

/** What came back of a check, and what the node's load was. `code` is the gRPC status. */
export interface HealthReply {
  readonly code: number;
  readonly answer: CheckAnswer;
  readonly report: LoadReport | null;
  readonly rttMs: Ms;
}

/**
 * Asks a node over one of its paths for the health of its whole server (`grpc.health.v1.Health/Check`). `onEnd` is called
 * once: with null where no status came within `timeoutMs`. False where there is no connection; nothing was sent then.
 */
export const checkHealth = (upstream: Upstream, timeoutMs: Ms, onEnd: (reply: HealthReply | null) => void): boolean => {
  const beganAtMs = performance.now();
  const stream = openStream(upstream);
  if (stream === null) return false;
  const timeout = new Deadline(timeoutMs, () => {
    upstream.countReset(stream);
    stream.close(constants.NGHTTP2_CANCEL);
  });
  let reply: HealthReply | null = null;
  const message: Buffer[] = [];
  const onStatus = (trailers: IncomingHttpHeaders): void => {
    const view = headerViewOf(trailers);
    if (view.get('grpc-status') === undefined) return;
    const code = statusOf(view);
    const rttMs = performance.now() - beganAtMs;
    reply = { code, answer: answerOf(code, message), report: reportOf(view), rttMs };
  };
  stream.on('error', () => {}); // a close follows each
  stream.once('response', onStatus); // an error comes in the headers alone
  stream.on('data', (chunk: Buffer) => message.push(chunk));
  stream.once('trailers', onStatus);
  stream.once('close', () => {
    timeout.clear();
    onEnd(reply);
  });
  stream.end(EMPTY_MESSAGE);
  return true;
};

/** A node that has no health service, or no status for the whole server, is one that serves. Source: gRPC's health/v1, clients. */
const answerOf = (code: number, message: readonly Buffer[]): CheckAnswer => {
  if (code === grpcStatus.unimplemented || code === grpcStatus.notFound) return 'serving';
  if (code !== grpcStatus.ok) return 'error';
  try {
    const { status } = fromBinary(HealthCheckResponseSchema, Buffer.concat(message).subarray(PREFIX_BYTES));
    return status === HealthCheckResponse_ServingStatus.SERVING ? 'serving' : 'not-serving';
  } catch {
    return 'error';
  }
};

const openStream = (upstream: Upstream): ClientHttp2Stream | null => {
  try {
    return upstream.request(HEADERS, false);
  } catch {
    return null;
  }
};

const { headers: HEADERS } = requestHeaders(
  { ':path': '/grpc.health.v1.Health/Check' },
  { 'content-type': 'application/grpc' },
);

/** The prefix of a gRPC message: a flag and its length. */
const PREFIX_BYTES = 5;

/** A message of no bytes, with its prefix: a check of the whole server. */
const EMPTY_MESSAGE = Buffer.alloc(PREFIX_BYTES);
