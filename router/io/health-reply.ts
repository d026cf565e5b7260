import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { Ms } from '../../core/time/clock.ts';
import { grpcStatus } from '../attempt/grpc-status.ts';
import type { LoadReport } from '../endpoint/load-report.ts';
import type { CheckAnswer } from '../filter/path-health.ts';
import { reportOf, statusOf } from './answer-headers.ts';
import type { HeaderView } from './header-view.ts';

/** What came back of a check, and what the node's load was. `code` is the gRPC status. */
export interface HealthReply {
  readonly code: number;
  readonly answer: CheckAnswer;
  readonly report: LoadReport | null;
  readonly rttMs: Ms;
}

/** The reply of a node to a check: its trailers, which have a status, and the pieces of its message. */
export const healthReplyOf = (trailers: HeaderView, message: readonly Buffer[], rttMs: Ms): HealthReply => {
  const code = statusOf(trailers);
  return { code, answer: answerOf(code, message), report: reportOf(trailers), rttMs };
};

/** A node that has no health service, or no status for the whole server, is one that serves. Source: gRPC's health/v1, clients. */
const answerOf = (code: number, message: readonly Buffer[]): CheckAnswer => {
  if (code === grpcStatus.unimplemented || code === grpcStatus.notFound) return 'serving';
  if (code !== grpcStatus.ok) return 'error';
  try {
    return servingStatusOf(Buffer.concat(message).subarray(PREFIX_BYTES)) === SERVING ? 'serving' : 'not-serving';
  } catch {
    return 'error';
  }
};

/** The status in a HealthCheckResponse. Source: proto/grpc/health/v1/health.proto. Throws for broken bytes. */
const servingStatusOf = (response: Uint8Array): number => {
  const reader = new BinaryReader(response);
  let status = 0;
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === STATUS && type === WireType.Varint) status = reader.int32();
    else reader.skip(type, field);
  }
  return status;
};

const STATUS = 1;
const SERVING = 1;

export const HEALTH_CHECK_PATH = '/grpc.health.v1.Health/Check';

/** The prefix of a gRPC message: a flag and its length. */
const PREFIX_BYTES = 5;

/** A message of no bytes, with its prefix: a check of the whole server. */
export const EMPTY_MESSAGE = Buffer.alloc(PREFIX_BYTES);
