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

/** Qwen3 32B in BF16. Source: its model card, 32.76e9 parameters, 8 key-value heads of 128 in each layer. */
export const qwen3Dense32b: ModelShape = { layers: 64, hiddenSize: 5120, weightGB: 65.5, kvBytesPerToken: 262_144 };

/** Qwen3 30B-A3B in BF16. Source: its model card, 30.53e9 parameters of which a token uses 3.3e9, 4 key-value heads of 128. */
export const qwen3Moe30b: ModelShape = { layers: 48, hiddenSize: 2048, weightGB: 61.06, kvBytesPerToken: 98_304 };
