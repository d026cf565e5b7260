import type { Metadata } from '@grpc/grpc-js';
import type { Ms } from '../../../core/time/clock.ts';
import type { EndedRequest } from './span-attributes.ts';

/** Takes a span for each request of a node. What it is told never waits for it and never fails. */
export interface RequestSpans {
  /** A request came. Its headers may name the span of its caller, which is the parent then. */
  open(headers: Metadata, receivedAtMs: Ms): RequestSpan;
}

export interface RequestSpan {
  /** It is over; the last and only call. */
  end(request: EndedRequest, atMs: Ms): void;
}
