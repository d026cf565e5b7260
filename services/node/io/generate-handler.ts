import { create } from '@bufbuild/protobuf';
import { type handleServerStreamingCall, Metadata, type ServerWritableStream, status } from '@grpc/grpc-js';
import type { EventSink } from '../../../core/event/event.ts';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import {
  type GenerateRequest,
  type GenerateResponse,
  GenerateResponseSchema,
} from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { ORCA_TRAILER, orcaOf } from '../../../router/endpoint/orca.ts';
import type { Engine, EngineEnd } from '../engine/engine.ts';
import { textOf } from '../engine/text.ts';
import { refusalStatus } from '../refusal-status.ts';

export interface GenerateHandlerOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly emit: EventSink;
  readonly maxUnsentMessages: number;
}

type Call = ServerWritableStream<GenerateRequest, GenerateResponse>;

/**
 * Inference/Generate over an engine: a message for each step that made tokens, and a load report with every status.
 *
 * A client that does not read is cut off once `maxUnsentMessages` wait for it: its blocks are free at once, and its
 * status (RESOURCE_EXHAUSTED) waits behind those messages until it reads, leaves, or the node closes.
 */
export const generateHandler = ({
  engine,
  clock,
  emit,
  maxUnsentMessages,
}: GenerateHandlerOptions): handleServerStreamingCall<GenerateRequest, GenerateResponse> => {
  let calls = 0;

  const trailer = (): Metadata => {
    const metadata = new Metadata();
    metadata.set(ORCA_TRAILER, Buffer.from(orcaOf(engine.report(clock.now()))));
    return metadata;
  };
  const fail = (call: Call, code: status, details: string, metadata = trailer()): void => {
    call.emit('error', { code, details, metadata });
  };

  return (call) => {
    const id = calls++; // one request may be tried here twice, so its number will not do
    const nowMs = clock.now();
    const node = engine.name;
    const request = requestNumber(call.metadata) ?? -1 - id;
    const { promptTokens, outputTokens, maxOutputTokens } = call.request;
    let tokens = 0;
    let unread = false;
    emit({ kind: 'received', atMs: nowMs, request, node });

    const submission = engine.submit(
      { id, promptTokens, outputTokens, maxOutputTokens, ...deadlineOf(call, nowMs) },
      {
        onScheduled: (atMs) => emit({ kind: 'scheduled', atMs, request, node }),
        onTokens: (count) => {
          if (call.writableLength >= maxUnsentMessages) {
            unread = true;
            engine.cancel(id);
            return;
          }
          call.write(create(GenerateResponseSchema, { text: textOf(request, tokens, count), tokens: count }));
          tokens += count;
        },
        onEnd: (end, atMs) => {
          emit({ kind: 'served', atMs, request, node, outcome: outcomeOf(end, unread), tokens });
          if (end === 'answered') call.end(trailer());
          else if (end === 'expired') fail(call, status.DEADLINE_EXCEEDED, 'the deadline passed');
          else if (end === 'failed') fail(call, status.UNAVAILABLE, `${node} is closing`);
          else if (unread)
            fail(call, status.RESOURCE_EXHAUSTED, `the client left ${maxUnsentMessages} messages unread`);
        },
      },
    );
    if (submission.kind === 'refused') {
      emit({ kind: 'served', atMs: nowMs, request, node, outcome: 'refused', tokens: 0 });
      const { code, details } = refusalStatus(submission, call.request, engine);
      const metadata = trailer();
      if (submission.retryAfterMs !== null) metadata.set(PUSHBACK_TRAILER, String(submission.retryAfterMs));
      fail(call, code, details, metadata);
      return;
    }
    call.on('cancelled', () => engine.cancel(id)); // also after a good end, where it finds nothing
  };
};

/** How long a client should wait before it tries again. Source: gRFC A6. */
const PUSHBACK_TRAILER = 'grpc-retry-pushback-ms';

const outcomeOf = (end: EngineEnd, unread: boolean): 'answered' | 'cancelled' | 'failed' => {
  if (end === 'expired' || unread) return 'failed';
  return end;
};

const requestNumber = (metadata: Metadata): number | undefined => {
  const header = metadata.get('x-request-id')[0];
  const number = typeof header === 'string' && header !== '' ? Number(header) : Number.NaN;
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
};

const deadlineOf = (call: Call, nowMs: Ms): { readonly deadlineAtMs?: Ms } => {
  const leftMs = Number(call.getDeadline()) - Date.now();
  return Number.isFinite(leftMs) ? { deadlineAtMs: nowMs + leftMs } : {};
};
