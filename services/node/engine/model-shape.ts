import { z } from 'zod';

/** The figures of a model that are needed to scale a device: bytes to read, to store and to exchange. */
export const modelShapeSchema = z.strictObject({
  layers: z.int().positive().describe('Transformer layers.'),
  hiddenSize: z.int().positive().describe('Width of the residual stream.'),
  weightGB: z.number().positive().describe('All weights, in 10^9 bytes.'),
  kvBytesPerToken: z.int().positive().describe('Bytes of the keys and values of one token, over all layers.'),
});

export type ModelShape = z.output<typeof modelShapeSchema>;

/** Llama 3.1 8B in BF16. Source: its model card, 8.03e9 parameters, 8 key-value heads of 128 in each layer. */
export const llama8b: ModelShape = { layers: 32, hiddenSize: 4096, weightGB: 16.06, kvBytesPerToken: 131_072 };

/** Llama 3.1 70B in BF16. Source: its model card, 70.55e9 parameters, 8 key-value heads of 128 in each layer. */
export const llama70b: ModelShape = { layers: 80, hiddenSize: 8192, weightGB: 141.1, kvBytesPerToken: 327_680 };

/** Positions that Llama 3.1 is trained for. Source: `max_position_embeddings` of its configuration. */
export const llama31MaxModelLen = 131_072;
