import type { Metadata } from '@grpc/grpc-js';
import type { Ms } from '../../../core/time/clock.ts';
import type { EndedRequest } from './span-attributes.ts';

/** Records a span for each request of a node. Its methods never wait and never fail. */
export interface RequestSpans {
  /** Call when a request arrives. If its headers name the span of its caller, that span is the parent. */
  open(headers: Metadata, receivedAtMs: Ms): RequestSpan;
}

export interface RequestSpan {
  /** Call once, when the request is over. */
  end(request: EndedRequest, atMs: Ms): void;
}
