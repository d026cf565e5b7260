import { grpcStatus } from '../../router/attempt/grpc-status.ts';
import type { Refusal } from './engine/admission.ts';
import type { Engine } from './engine/engine.ts';
import type { EngineRequest } from './engine/request.ts';

/** The gRPC status of a refusal: one line that says what is wrong and what would be right. */
export const refusalStatus = (
  { reason, retryAfterMs }: Refusal,
  {
    promptTokens,
    outputTokens,
    maxOutputTokens,
  }: Pick<EngineRequest, 'promptTokens' | 'outputTokens' | 'maxOutputTokens'>,
  engine: Engine,
): { readonly code: number; readonly details: string } => {
  switch (reason) {
    case 'empty-prompt':
      return { code: grpcStatus.invalidArgument, details: 'prompt_tokens is 0, must be at least 1' };
    case 'bad-output-length':
      return {
        code: grpcStatus.invalidArgument,
        details: `output_tokens is ${outputTokens}, must be from 1 to max_output_tokens (${maxOutputTokens})`,
      };
    case 'too-long':
      return {
        code: grpcStatus.invalidArgument,
        details: `prompt_tokens and max_output_tokens are ${promptTokens} and ${maxOutputTokens}, together more than the ${engine.kvTokens} that ${engine.name} holds`,
      };
    case 'beyond-model':
      return {
        code: grpcStatus.invalidArgument,
        details: `prompt_tokens and max_output_tokens are ${promptTokens} and ${maxOutputTokens}, together more than the ${engine.maxModelLen} that the model of ${engine.name} takes`,
      };
    case 'queue-full':
      return {
        code: grpcStatus.resourceExhausted,
        details: `the queue of ${engine.name} is full, try again in ${retryAfterMs} ms`,
      };
    case 'over-quota':
      return {
        code: grpcStatus.resourceExhausted,
        details: `${promptTokens + maxOutputTokens} tokens are over the quota of ${engine.name}${retryAfterMs === null ? '' : `, try again in ${retryAfterMs} ms`}`,
      };
    case 'no-power':
      return { code: grpcStatus.unavailable, details: `${engine.name} has no power` };
    case 'starting':
      return {
        code: grpcStatus.unavailable,
        details: `${engine.name} is starting, try again in ${retryAfterMs} ms`,
      };
    case 'loading':
      return {
        code: grpcStatus.unavailable,
        details: `${engine.name} is loading its weights, try again in ${retryAfterMs} ms`,
      };
    case 'draining':
      return { code: grpcStatus.unavailable, details: `${engine.name} is draining and takes no new requests` };
    case 'closed':
      return { code: grpcStatus.unavailable, details: `${engine.name} is closing` };
  }
};
