import { create } from '@bufbuild/protobuf';
import { Client, credentials } from '@grpc/grpc-js';
import {
  GenerateRequestSchema,
  type GenerateResponse,
  Inference,
} from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { serviceDefinition } from '../../../services/grpc/service-definition.ts';

/** Asks the router at `host:port` again and again until it answers with a token. Rejects after `withinMs`. */
export const firstToken = async (address: string, withinMs: number): Promise<void> => {
  const deadlineMs = performance.now() + withinMs;
  // A new connection attempt every 50 ms: the pauses of a client are not what is measured.
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.enable_http_proxy': 0,
    'grpc.initial_reconnect_backoff_ms': RETRY_MS,
    'grpc.max_reconnect_backoff_ms': RETRY_MS,
  });
  try {
    while (!(await answers(client))) {
      if (performance.now() > deadlineMs) throw new Error(`no token from ${address} within ${withinMs / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  } finally {
    client.close();
  }
};

const RETRY_MS = 50;
const CALL_MS = 5000;

const answers = (client: Client): Promise<boolean> => {
  const method = serviceDefinition(Inference).generate!;
  const request = create(GenerateRequestSchema, {
    prompt: 'Which way?',
    promptTokens: 3,
    maxOutputTokens: 2,
    outputTokens: 2,
  });
  const { path, requestSerialize, responseDeserialize } = method;
  const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, {
    deadline: Date.now() + CALL_MS,
  });
  return new Promise<boolean>((resolve) => {
    stream.on('data', ({ tokens }: GenerateResponse) => tokens > 0 && resolve(true));
    stream.on('error', () => resolve(false));
    stream.on('end', () => resolve(false));
  }).finally(() => stream.cancel());
};
