import type { MeasuredTimes } from '../metrics/measured-request.ts';

/** The status of a request without a complete answer: a gRPC code and its message. */
export interface RequestError {
  readonly code: number;
  readonly details: string;
}

/** A request that is over, as its span describes it. */
export interface EndedRequest {
  readonly id: string;
  readonly promptTokens: number;
  readonly maxOutputTokens: number;
  /** Null when the engine never accepted it. */
  readonly measured: MeasuredTimes | null;
  /** Null when it was answered, and when its client left. */
  readonly error: RequestError | null;
}

export type SpanAttributes = Readonly<Record<string, string | number | string[]>>;

/**
 * The attributes of a request's span, with vLLM's names (vllm/tracing, `SpanAttributes`, 2025); times are in seconds. A time
 * that was not reached is left out. Without a complete answer, the times of whole answers are left out, as in the histograms.
 */
export const spanAttributes = (request: EndedRequest, model: string): SpanAttributes => {
  const { id, promptTokens, maxOutputTokens, measured } = request;
  const attributes: Record<string, string | number | string[]> = {
    'gen_ai.request.id': id,
    'gen_ai.response.model': model,
    'gen_ai.request.max_tokens': maxOutputTokens,
    'gen_ai.usage.prompt_tokens': promptTokens,
    'gen_ai.usage.completion_tokens': measured?.tokens ?? 0,
  };
  if (measured === null) return attributes;
  attributes['gen_ai.response.finish_reasons'] = [measured.finishedReason];
  const isAnswered = measured.finishedReason === 'stop' || measured.finishedReason === 'length';
  for (const [name, key] of isAnswered ? ALL_TIMES : FIRST_TIMES) {
    if (!Number.isNaN(measured[key])) attributes[`gen_ai.latency.${name}`] = measured[key];
  }
  return attributes;
};

/** Times that are known when the first token comes. */
const FIRST_TIMES = [
  ['time_in_queue', 'queueS'],
  ['time_to_first_token', 'firstTokenS'],
  ['time_in_model_prefill', 'prefillS'],
] as const;

const ALL_TIMES = [
  ...FIRST_TIMES,
  ['time_in_model_decode', 'decodeS'],
  ['time_in_model_inference', 'inferenceS'],
  ['e2e', 'endToEndS'],
] as const;
