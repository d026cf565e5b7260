import { rtxPro6000Pair } from '../interconnect.ts';
import { qwen3Moe30b } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';
import { largeDevice } from '../server-defaults.ts';

export const rtxpro6000Qwen330bA3bDp2: ProfileData = {
  id: 'rtxpro6000-qwen3-30b-a3b-dp2',
  grade: 'B',
  source:
    'Operator profiles of LLMServingSim (MIT) with vLLM 0.19, two replicas with expert parallelism; collectives and skew with 0.28; fitted in benchmarks/operators, not checked end to end',
  bandPercent: 20,
  step: {
    baseMs: 2.49,
    weightsMs: 1.31,
    weightsTokenUs: 5.56,
    computeBaseMs: 1.3,
    tokenUs: 7.7,
    contextTokenUs: 0.0719,
    // At 64 and 128 sequences: 0.000 and 0.117 for decodes alone, 0.056 and 0.043 beside a short chunk.
    contextSkew: 0.054,
    attentionPairNs: 2.93,
    sequenceUs: 4.46,
    mixedContextTokenUs: 0.197,
    mixedDecodeUs: 21.7,
    mixedPaddingNs: 39.3,
    experts: { total: 128, local: 64, perToken: 8, readMs: 0.295, tokenUs: 3.44 },
    collectiveBaseMs: 1.05,
    collectiveTokenUs: 13.9,
  },
  // 0.9 of 94.97 GiB, less 32 GB (half of the experts and all the rest) and about 1 GiB for activations and graphs.
  kvTokens: 585_000,
  // Source: `max_position_embeddings` of the configuration of Qwen3-30B-A3B-Instruct-2507.
  maxModelLen: 262_144,
  server: largeDevice,
  devices: 2,
  replicas: 2,
  model: qwen3Moe30b,
  interconnect: rtxPro6000Pair,
  power: { idleW: 70, smallBatchW: 600, maxW: 1200, source: 'twice rtxpro6000-llama8b' },
};
