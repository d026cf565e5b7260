import { status } from '@grpc/grpc-js';
import {
  type Context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type Tracer,
} from '@opentelemetry/api';
import { millisToHrTime, W3CTraceContextPropagator } from '@opentelemetry/core';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import type { RequestSpan, RequestSpans } from '../telemetry/request-spans.ts';
import { type EndedRequest, spanAttributes } from '../telemetry/span-attributes.ts';
import { otlpTracing } from './otlp-tracing.ts';

export interface OtlpSpansOptions {
  /** The name of the node, which the spans carry as `service.instance.id`. */
  readonly node: string;
  readonly model: string;
  /** The clock that times of requests refer to. */
  readonly clock: Clock;
  /** Called with one line when spans cannot be sent; each kind of problem once. */
  readonly warn: (line: string) => void;
}

export interface OtlpSpans extends RequestSpans {
  /** Sends the remaining spans, for at most a second; the rest is dropped. */
  close(): Promise<void>;
}

/**
 * Sends a span for each request to the OTLP collector that the environment names. Import it only where traces are asked for:
 * this loads OpenTelemetry.
 */
export const otlpSpans = ({ node, model, clock, warn }: OtlpSpansOptions): OtlpSpans => {
  const { tracer, close } = otlpTracing(node, warn);
  return {
    open: (headers, receivedAtMs) => {
      const parent = PROPAGATOR.extract(ROOT_CONTEXT, headers, METADATA);
      return new OpenSpan({ tracer, parent, model, clock, receivedAtMs });
    },
    close,
  };
};

interface OpenSpanOptions {
  readonly tracer: Tracer;
  readonly parent: Context;
  readonly model: string;
  readonly clock: Clock;
  readonly receivedAtMs: Ms;
}

/**
 * A request whose span is made when it is over. Its start on the wall clock is read when it begins: scenario time
 * jumps in between if the node learns the start of the run late.
 */
class OpenSpan implements RequestSpan {
  readonly #options: OpenSpanOptions;
  readonly #receivedUnixMs: number;

  constructor(options: OpenSpanOptions) {
    this.#options = options;
    this.#receivedUnixMs = unixMsNow() + options.receivedAtMs - options.clock.now();
  }

  end(request: EndedRequest, atMs: Ms): void {
    const { tracer, parent, model, receivedAtMs } = this.#options;
    const endedUnixMs = Math.min(this.#receivedUnixMs + atMs - receivedAtMs, unixMsNow());
    const startTime = millisToHrTime(this.#receivedUnixMs);
    const attributes = spanAttributes(request, model);
    const span = tracer.startSpan('llm_request', { kind: SpanKind.SERVER, startTime, attributes }, parent);
    if (request.error !== null) {
      span.setAttribute('error.type', status[request.error.code] ?? String(request.error.code));
      span.setStatus({ code: SpanStatusCode.ERROR, message: request.error.details });
    }
    span.end(millisToHrTime(endedUnixMs));
  }
}

/** As `SystemClock` reads it. */
const unixMsNow = (): number => performance.timeOrigin + performance.now();

const PROPAGATOR = new W3CTraceContextPropagator();

const METADATA: TextMapGetter = {
  keys: (headers) => Object.keys(headers.getMap()),
  // @grpc/grpc-js splits a `tracestate` at its commas; the propagator joins it again.
  get: (headers, name) => headers.get(name).filter((value: string | Buffer) => typeof value === 'string'),
};
