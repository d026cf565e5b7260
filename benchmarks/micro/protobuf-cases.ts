import { create } from '@bufbuild/protobuf';
import {
  GenerateRequestSchema,
  GenerateResponseSchema,
  Inference,
} from '../../proto/gen/starlane/inference/v1/inference_pb.js';
import { loadReportOf } from '../../router/endpoint/orca.ts';
import { orcaOf } from '../../router/endpoint/orca-report.ts';
import { serviceDefinition } from '../../services/grpc/service-definition.ts';
import { type Case, sink } from './case.ts';

/** The messages of a request as clients and nodes write and read them: a prompt of 1000 tokens, a token, and a load report. */
export const protobufCases = (): readonly Case[] => {
  const { generate } = serviceDefinition(Inference);
  const prompt = { prompt: 'word '.repeat(800), promptTokens: 1000, maxOutputTokens: 256, outputTokens: 200 };
  const request = create(GenerateRequestSchema, prompt);
  const token = create(GenerateResponseSchema, { text: ' word', tokens: 1 });
  const [requestBytes, tokenBytes] = [generate.requestSerialize(request), generate.responseSerialize(token)];
  const report = {
    ...{ atMs: 1000, running: 8, waiting: 3, pendingPromptTokens: 2400, kvUsage: 0.4, utilization: 0.4 },
    ...{ requestsReceived: 4000, requestsPerS: 12, failuresPerS: 0 },
    ...{ stepMs: 12.5, prefillMsPerToken: 0.08, prefillBaseMs: 3, prefixHitShare: 0.2 },
  };
  const reportBytes = orcaOf(report);
  const size = (name: string, of: () => number): Case => ({
    name: `protobuf: ${name}`,
    run: () => {
      sink.value = of();
    },
  });
  return [
    size('write a request of 4 kB', () => generate.requestSerialize(request).length),
    size('read a request of 4 kB', () => generate.requestDeserialize(requestBytes).promptTokens),
    size('write a token', () => generate.responseSerialize(token).length),
    size('read a token', () => generate.responseDeserialize(tokenBytes).tokens),
    size('write a load report', () => orcaOf(report).length),
    size('read a load report', () => loadReportOf(reportBytes)!.running),
  ];
};
