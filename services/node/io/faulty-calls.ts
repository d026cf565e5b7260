import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import type { EventSink } from '../../../core/event/event.ts';
import type { Rng } from '../../../core/random/rng.ts';
import type { Clock } from '../../../core/time/clock.ts';
import type { GenerateRequest, GenerateResponse } from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import type { Faults } from '../control/faults.ts';
import type { Engine } from '../engine/engine.ts';
import type { RequestSpans } from '../telemetry/request-spans.ts';
import { attemptNumber, requestIdOf, requestNumber } from './generate-handler.ts';
import { loadTrailer } from './load-trailer.ts';

type Call = ServerWritableStream<GenerateRequest, GenerateResponse>;
type Handler = handleServerStreamingCall<GenerateRequest, GenerateResponse>;

export interface FaultyCallsOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly emit: EventSink;
  readonly faults: Faults;
  readonly rng: Rng;
  readonly serve: Handler;
  readonly spans: RequestSpans | null;
}

/** Applies the faults `fail` and `hang` before a handler. */
export class FaultyCalls {
  readonly #options: FaultyCallsOptions;
  /** Calls that hang, in the order in which they came. */
  readonly #hanging = new Set<Call>();

  constructor(options: FaultyCallsOptions) {
    this.#options = options;
  }

  readonly handler: Handler = (call) => {
    const { faults, rng, serve } = this.#options;
    const failing = faults.active('fail');
    if (failing !== null && rng.next() < failing.share) {
      this.#fail(call, failing.code, 'a fault was injected here');
      return;
    }
    if (faults.active('hang') === null) {
      serve(call);
      return;
    }
    if (this.#hanging.size >= MAX_HANGING) {
      this.#fail(call, status.RESOURCE_EXHAUSTED, `${MAX_HANGING} requests already hang here`);
      return;
    }
    call.request.prompt = ''; // its bytes are most of the memory here
    this.#hanging.add(call);
    call.on('cancelled', () => this.#hanging.delete(call));
  };

  /** Serves the calls that hang: call it when the fault has ended. */
  resume(): void {
    const calls = [...this.#hanging];
    this.#hanging.clear();
    for (const call of calls) this.#options.serve(call);
  }

  #fail(call: Call, code: status, details: string): void {
    const { engine, clock, emit, spans } = this.#options;
    const atMs = clock.now();
    const request = requestNumber(call.metadata) ?? -1;
    const { promptTokens, maxOutputTokens } = call.request;
    const attempt = attemptNumber(call.metadata);
    emit({ kind: 'received', atMs, request, attempt, node: engine.name });
    emit({ kind: 'served', atMs, request, attempt, node: engine.name, outcome: 'failed', tokens: 0 });
    call.emit('error', { code, details, metadata: loadTrailer(engine, clock) });
    spans?.open(call.metadata, atMs).end(
      {
        id: requestIdOf(call.metadata, request),
        promptTokens,
        maxOutputTokens,
        measured: null,
        error: { code, details },
      },
      atMs,
    );
  }
}

/** As many as one connection may have open. */
const MAX_HANGING = 16_384;
