import { create } from '@bufbuild/protobuf';
import { type handleServerStreamingCall, type Metadata, type ServerWritableStream, status } from '@grpc/grpc-js';
import type { EventSink } from '../../../core/event/event.ts';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import {
  type GenerateRequest,
  type GenerateResponse,
  GenerateResponseSchema,
} from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { askedPrefix } from '../engine/asked-prefix.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEnd, EngineRequest } from '../engine/request.ts';
import { textOf } from '../engine/text.ts';
import type { MeasuredListener } from '../metrics/measured-request.ts';
import type { NodeMetrics } from '../metrics/node-metrics.ts';
import { refusalStatus } from '../refusal-status.ts';
import type { RequestSpans } from '../telemetry/request-spans.ts';
import type { RequestError } from '../telemetry/span-attributes.ts';
import type { Deadlines } from './deadlines.ts';
import { loadTrailer } from './load-trailer.ts';

export interface GenerateHandlerOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly emit: EventSink;
  readonly metrics: NodeMetrics;
  readonly maxUnreadTokens: number;
  readonly deadlines: Deadlines;
  /** Null where traces are not asked for. */
  readonly spans: RequestSpans | null;
  /** The models that it serves; null for any. */
  readonly models: readonly string[] | null;
}

type Call = ServerWritableStream<GenerateRequest, GenerateResponse>;

/**
 * Inference/Generate over an engine: a message for each step that made tokens, and a load report with every status.
 *
 * When a client is slower than the engine, waiting tokens are joined into one message, as vLLM's output collector does,
 * so that a slow call takes as little memory. A client that does not read is cut off once `maxUnreadTokens` wait for it:
 * its blocks are free at once. Its status (RESOURCE_EXHAUSTED) waits behind what was already sent until it reads,
 * leaves, or the node closes.
 */
export const generateHandler = ({
  engine,
  clock,
  emit,
  metrics,
  maxUnreadTokens,
  deadlines,
  spans,
  models,
}: GenerateHandlerOptions): handleServerStreamingCall<GenerateRequest, GenerateResponse> => {
  let calls = 0;
  let openCalls = 0;

  const fail = (call: Call, error: RequestError, metadata = loadTrailer(engine, clock)): void => {
    call.emit('error', { ...error, metadata });
  };

  const errorOf = (end: EngineEnd, unread: boolean, atMs: Ms): RequestError | null => {
    if (end === 'expired') return EXPIRED;
    if (end === 'failed') {
      const why = engine.hasPower(atMs) ? 'is closing' : 'has lost its power';
      return { code: status.UNAVAILABLE, details: `${engine.name} ${why}` };
    }
    if (!unread) return null;
    return { code: status.RESOURCE_EXHAUSTED, details: `the client left ${maxUnreadTokens} tokens unread` };
  };

  return (call) => {
    const id = calls++; // one request may be tried here twice, so its own number is not unique
    const nowMs = clock.now();
    const node = engine.name;
    const request = requestNumber(call.metadata) ?? -1 - id;
    const attempt = attemptNumber(call.metadata);
    const { promptTokens, outputTokens, maxOutputTokens } = call.request;
    call.request.prompt = ''; // its length is known, and a thousand that wait would hold gigabytes
    const asked = { promptTokens, outputTokens, maxOutputTokens };
    const deadlineAtMs = deadlines.of(call.metadata);
    const span = spans === null ? null : spans.open(call.metadata, nowMs);
    let sentTokens = 0;
    let unsentTokens = 0;
    let unread = false;
    emit({ kind: 'received', atMs: nowMs, request, attempt, node });

    const send = (): void => {
      if (unsentTokens === 0) return;
      call.write(
        create(GenerateResponseSchema, { text: textOf(request, sentTokens, unsentTokens), tokens: unsentTokens }),
      );
      sentTokens += unsentTokens;
      unsentTokens = 0;
    };
    const listener: MeasuredListener = {
      onScheduled: (atMs, cachedTokens) =>
        emit({ kind: 'scheduled', atMs, request, attempt, node, ...(cachedTokens > 0 && { cachedTokens }) }),
      onTokens: (count) => {
        if (call.writableLength + unsentTokens >= maxUnreadTokens) {
          unread = true;
          engine.cancel(id);
          return;
        }
        unsentTokens += count;
        if (call.writableLength < MAX_UNSENT_MESSAGES) send();
      },
      onEnd: (end, atMs, measured) => {
        if (end === 'answered') send();
        emit({ kind: 'served', atMs, request, attempt, node, outcome: outcomeOf(end, unread), tokens: sentTokens });
        const error = errorOf(end, unread, atMs);
        if (end === 'answered') call.end(loadTrailer(engine, clock));
        else if (error !== null) fail(call, error);
        if (span !== null) {
          const hasExpired = end === 'cancelled' && atMs > (deadlineAtMs ?? Infinity) - SAME_INSTANT_MS;
          const why = error ?? (hasExpired ? EXPIRED : null);
          span.end({ id: requestIdOf(call.metadata, request), ...asked, measured, error: why }, atMs);
        }
        unsentTokens = 0;
      },
    };
    const refuse = (error: RequestError, retryAfterMs: Ms | null): void => {
      emit({ kind: 'served', atMs: nowMs, request, attempt, node, outcome: 'refused', tokens: 0 });
      const metadata = loadTrailer(engine, clock);
      if (retryAfterMs !== null) metadata.set(PUSHBACK_TRAILER, String(retryAfterMs));
      fail(call, error, metadata);
      span?.end({ id: requestIdOf(call.metadata, request), ...asked, measured: null, error }, nowMs);
    };
    if (openCalls >= MAX_OPEN_CALLS) {
      refuse({ code: status.RESOURCE_EXHAUSTED, details: `${node} has ${MAX_OPEN_CALLS} calls open` }, 1000);
      return;
    }
    const model = call.request.model || headerIn(call.metadata, 'x-model');
    if (models !== null && model !== '' && !models.includes(model)) {
      refuse({ code: status.NOT_FOUND, details: noModel(node, model, models) }, null);
      return;
    }
    const deadline = deadlineAtMs === undefined ? {} : { deadlineAtMs };
    const submission = engine.submit(
      { id, ...asked, ...sharedOf(call, model), ...deadline },
      metrics.measured(asked, nowMs, listener),
    );
    if (submission.kind === 'refused') {
      refuse(refusalStatus(submission, call.request, engine), submission.retryAfterMs);
      return;
    }
    openCalls++;
    call.on('cancelled', () => {
      openCalls--;
      engine.cancel(id); // after a normal end this does nothing
    });
  };
};

/** How long a client should wait before it tries again. Source: gRFC A6. */
const PUSHBACK_TRAILER = 'grpc-retry-pushback-ms';

/** Messages of one answer that may wait one by one; later tokens join the next step that finds fewer, or the end. */
const MAX_UNSENT_MESSAGES = 64;

/** Calls accepted and not over, including those whose client does not read its status. 16 KiB each, with unread tokens. */
const MAX_OPEN_CALLS = 16_384;

const EXPIRED: RequestError = { code: status.DEADLINE_EXCEEDED, details: 'the deadline passed' };

/** Client, router and engine all watch the deadline. A call cancelled this close to it has expired somewhere else. */
const SAME_INSTANT_MS: Ms = 10;

const outcomeOf = (end: EngineEnd, unread: boolean): 'answered' | 'cancelled' | 'failed' => {
  if (end === 'expired' || unread) return 'failed';
  return end;
};

const noModel = (node: string, model: string, models: readonly string[]): string =>
  `${node} does not serve the model ${JSON.stringify(model.slice(0, 100))}; expected ${models.slice(0, 10).join(', ')}`;

/** Its priority, and what of its prompt other requests may share. Headers stand for what its message leaves out. */
const sharedOf = ({ request, metadata }: Call, model: string): Pick<EngineRequest, 'priority' | 'prefix'> => {
  const { promptTokens, prefix } = request;
  const session = request.session || headerIn(metadata, 'x-session-id');
  const asked = headerIn(metadata, 'x-priority');
  const priority = request.priority || (/^-?\d{1,9}$/.test(asked) ? Number(asked) : 0);
  return { priority, prefix: askedPrefix({ prefix, session, model, promptTokens }) };
};

const headerIn = (metadata: Metadata, name: string): string => {
  const header = metadata.get(name)[0];
  return typeof header === 'string' ? header : '';
};

/** The number of a request in the log, if its client sent one. */
export const requestNumber = (metadata: Metadata): number | undefined => {
  const header = metadata.get('x-request-id')[0];
  const number = typeof header === 'string' && header !== '' ? Number(header) : Number.NaN;
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
};

/** Which attempt of its request it is, from 1, as the router says. Source of the header: gRFC A6. */
export const attemptNumber = (metadata: Metadata): number => {
  const header = metadata.get('grpc-previous-rpc-attempts')[0];
  const previous = typeof header === 'string' && /^\d{1,4}$/.test(header) ? Number(header) : 0;
  return previous + 1;
};

/** The name that its client gave the request, else its number in the log. */
export const requestIdOf = (metadata: Metadata, number: number): string => {
  const header = metadata.get('x-request-id')[0];
  return typeof header === 'string' && header !== '' ? header : String(number);
};
