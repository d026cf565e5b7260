import { pcie4Host } from '../interconnect.ts';
import { llama8b, llama31MaxModelLen } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';

export const rtx4090Llama8b: ProfileData = {
  id: 'rtx4090-llama8b',
  grade: 'A',
  source:
    'Operator profiles of LLMServingSim (MIT) with vLLM 0.19, fitted in benchmarks/operators; checked end to end against its vLLM 0.19 run, 300 requests',
  bandPercent: 3,
  step: {
    baseMs: 1.48,
    weightsMs: 15.3,
    weightsTokenUs: 32.2,
    computeBaseMs: 5.68,
    tokenUs: 87.6,
    contextTokenUs: 0.153,
    attentionPairNs: 3.72,
    sequenceUs: 10.2,
    mixedContextTokenUs: 0.265,
    mixedDecodeUs: 31,
    mixedPaddingNs: 48.2,
  },
  kvTokens: 41_408,
  maxModelLen: llama31MaxModelLen,
  model: llama8b,
  interconnect: pcie4Host,
  power: { idleW: 25, smallBatchW: 300, maxW: 450, source: 'maximum from its data sheet; the rest an estimate' },
};
