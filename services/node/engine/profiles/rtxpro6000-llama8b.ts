import { pcie5 } from '../interconnect.ts';
import { llama8b, llama31MaxModelLen } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';
import { largeDevice } from '../server-defaults.ts';

export const rtxpro6000Llama8b: ProfileData = {
  id: 'rtxpro6000-llama8b',
  grade: 'B',
  source:
    'Operator profiles of LLMServingSim (MIT): attention with vLLM 0.19, other layers and skew with 0.28; fitted in benchmarks/operators',
  bandPercent: 5,
  step: {
    baseMs: 1.09,
    weightsMs: 10.1,
    weightsTokenUs: 12,
    computeBaseMs: 6.16,
    tokenUs: 37.1,
    contextTokenUs: 0.0922,
    // At 128 sequences: 0.028 for decodes alone, 0.030 beside a short chunk.
    contextSkew: 0.029,
    attentionPairNs: 1.91,
    sequenceUs: 5.44,
    mixedContextTokenUs: 0.134,
    mixedDecodeUs: 14.2,
    mixedPaddingNs: 22.3,
  },
  // Reported with those profiles: 0.9 of 94.97 GiB, less the weights.
  kvTokens: 575_000,
  maxModelLen: llama31MaxModelLen,
  server: largeDevice,
  model: llama8b,
  interconnect: pcie5,
  power: {
    idleW: 35,
    smallBatchW: 300,
    maxW: 600,
    source: 'maximum from its data sheet; the rest of unrecorded origin, and publications disagree',
  },
};
