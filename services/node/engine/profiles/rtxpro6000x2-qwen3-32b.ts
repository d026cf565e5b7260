import { rtxPro6000Pair } from '../interconnect.ts';
import { qwen3Dense32b } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';
import { largeDevice } from '../server-defaults.ts';

export const rtxpro6000x2Qwen332b: ProfileData = {
  id: 'rtxpro6000x2-qwen3-32b',
  grade: 'B',
  source:
    'Operator profiles of LLMServingSim (MIT) with vLLM 0.19, tensor parallel over 2; all-reduces and skew with 0.28; fitted in benchmarks/operators, not checked end to end',
  bandPercent: 15,
  step: {
    baseMs: 1.25,
    weightsMs: 23.4,
    weightsTokenUs: 27.9,
    computeBaseMs: 14.4,
    tokenUs: 78.4,
    contextTokenUs: 0.0974,
    // At 128 sequences: 0.085 for decodes alone, 0.040 beside a short chunk.
    contextSkew: 0.063,
    attentionPairNs: 3.88,
    sequenceUs: 10.7,
    mixedContextTokenUs: 0.261,
    mixedDecodeUs: 31.8,
    mixedPaddingNs: 51.5,
    collectiveBaseMs: 1.71,
    collectiveTokenUs: 35.6,
  },
  // 0.9 of 2 times 94.97 GiB, less 65.5 GB of weights and about 1 GiB a device for activations and graphs.
  kvTokens: 440_000,
  // The positions that it is trained for without YaRN, which is also what vLLM resolved for those profiles.
  maxModelLen: 40_960,
  server: largeDevice,
  devices: 2,
  model: qwen3Dense32b,
  interconnect: rtxPro6000Pair,
  power: { idleW: 70, smallBatchW: 600, maxW: 1200, source: 'twice rtxpro6000-llama8b' },
};
