import { z } from 'zod';

/** What a device must know of a model to be scaled: how much there is to read, to keep and to exchange. */
export const modelShapeSchema = z.strictObject({
  layers: z.int().positive().describe('Transformer layers.'),
  hiddenSize: z.int().positive().describe('Width of the residual stream.'),
  weightGB: z.number().positive().describe('All weights, in 10^9 bytes.'),
  kvBytesPerToken: z.int().positive().describe('Keys and values of all layers, of a token.'),
});

export type ModelShape = z.output<typeof modelShapeSchema>;

/** Llama 3.1 8B in BF16. Source: its model card, 8.03e9 parameters, 8 key-value heads of 128 in each layer. */
export const llama8b: ModelShape = { layers: 32, hiddenSize: 4096, weightGB: 16.06, kvBytesPerToken: 131_072 };

/** Llama 3.1 70B in BF16. Source: its model card, 70.55e9 parameters, 8 key-value heads of 128 in each layer. */
export const llama70b: ModelShape = { layers: 80, hiddenSize: 8192, weightGB: 141.1, kvBytesPerToken: 327_680 };
