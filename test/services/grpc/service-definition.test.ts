import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { GenerateRequestSchema, Inference } from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { serviceDefinition } from '../../../services/grpc/service-definition.ts';

test('a generated service becomes methods with paths, kinds and codecs', () => {
  const { generate } = serviceDefinition(Inference);
  expect(generate.path).toBe('/starlane.inference.v1.Inference/Generate');
  expect([generate.requestStream, generate.responseStream]).toEqual([false, true]);
  const request = create(GenerateRequestSchema, { prompt: 'Tell me', promptTokens: 2, outputTokens: 3 });
  expect(generate.requestDeserialize(generate.requestSerialize(request))).toEqual(request);
});
