import { create } from '@bufbuild/protobuf';
import { type Client, type ClientReadableStream, Metadata, type StatusObject, status } from '@grpc/grpc-js';
import type { EventSink, Outcome } from '../../../core/event/event.ts';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import {
  type GenerateRequest,
  GenerateRequestSchema,
  type GenerateResponse,
  Inference,
} from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { PREFIX_HEADER, prefixHeaderBytes, routedHashes } from '../../../workload/prefix-header.ts';
import type { PlannedRequest } from '../../../workload/schedule.ts';
import { serviceDefinition } from '../../grpc/service-definition.ts';
import { textOf } from '../../node/engine/text.ts';
import { type CutOutcome, cutReason, outcomeOf } from '../outcome.ts';
import type { GapsOfAnswer, RunGaps } from '../run-gaps.ts';

export interface GenerateCallOptions {
  readonly planned: PlannedRequest;
  readonly channel: Client;
  readonly clock: Clock;
  readonly emit: EventSink;
  readonly deadlineMs: Ms;
  readonly gaps: RunGaps;
  readonly onEnd: (outcome: Outcome) => void;
}

/** One `Generate` call of a schedule: sends the request when it is made, and logs its first token and its end. */
export class GenerateCall {
  readonly #options: GenerateCallOptions;
  readonly #stream: ClientReadableStream<GenerateResponse>;
  readonly #gaps: GapsOfAnswer;
  #tokens = 0;
  #lastTokenAtMs: Ms | null = null;
  #hasEnded = false;

  constructor(options: GenerateCallOptions) {
    const { planned, channel, deadlineMs } = options;
    this.#options = options;
    this.#gaps = options.gaps.of(planned);
    this.#stream = channel.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      requestOf(planned),
      headersOf(planned),
      { deadline: Date.now() + deadlineMs },
    );
    this.#stream.on('data', (message: GenerateResponse) => this.#onMessage(message));
    this.#stream.on('error', () => {}); // 'status' reports it again, with its trailers
    this.#stream.on('status', (end) => this.#onStatus(end));
  }

  /** The run ended before this call: counts it as that, and cancels it. */
  cutOff(outcome: CutOutcome): void {
    this.#end(outcome, 'CANCELLED', cutReason(outcome));
    this.#stream.cancel();
  }

  #onMessage(message: GenerateResponse): void {
    if (this.#hasEnded || message.tokens === 0) return;
    const { emit, clock, planned } = this.#options;
    const nowMs = clock.now();
    if (this.#lastTokenAtMs === null) emit({ kind: 'first-token', atMs: nowMs, request: planned.id });
    else this.#gaps.add(nowMs - this.#lastTokenAtMs);
    this.#lastTokenAtMs = nowMs;
    this.#tokens += message.tokens;
  }

  #onStatus({ code, details }: StatusObject): void {
    this.#end(outcomeOf(code), status[code], code === status.OK ? undefined : details);
  }

  #end(outcome: Outcome, statusName: string, reason: string | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const { emit, clock, planned, onEnd } = this.#options;
    emit({
      kind: 'finished',
      atMs: clock.now(),
      request: planned.id,
      outcome,
      tokens: this.#tokens,
      ...(this.#lastTokenAtMs === null ? {} : { lastTokenAtMs: this.#lastTokenAtMs }),
      ...this.#gaps.logged(),
      status: statusName,
      ...(reason === undefined ? {} : { reason }),
    });
    onEnd(outcome);
  }
}

const method = serviceDefinition(Inference).generate;

const requestOf = (planned: PlannedRequest): GenerateRequest => {
  const { id, promptTokens, maxOutputTokens, outputTokens, model, session, turn, priority } = planned;
  return create(GenerateRequestSchema, {
    ...{ prompt: textOf(id, 0, promptTokens), promptTokens, maxOutputTokens, outputTokens },
    ...{ model, session, turn, priority, prefix: planned.prefix.map(({ key, tokens }) => ({ key, tokens })) },
  });
};

const headersOf = (planned: PlannedRequest): Metadata => {
  const headers = new Metadata();
  headers.set('x-request-id', String(planned.id));
  headers.set('x-prompt-tokens', String(planned.promptTokens));
  headers.set('x-max-output-tokens', String(planned.maxOutputTokens));
  if (planned.model !== '') headers.set('x-model', planned.model);
  if (planned.class !== '') headers.set('x-request-class', planned.class);
  if (planned.priority !== 0) headers.set('x-priority', String(planned.priority));
  if (planned.session !== '') headers.set('x-session-id', planned.session);
  const hashes = routedHashes(planned.prefix, planned.promptTokens);
  if (hashes.length > 0) headers.set(PREFIX_HEADER, prefixHeaderBytes(hashes));
  return headers;
};
