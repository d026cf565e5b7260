import { pcie4Host } from '../interconnect.ts';
import { llama8b, llama31MaxModelLen } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';

export const rtx4090Llama8b: ProfileData = {
  id: 'rtx4090-llama8b',
  grade: 'A',
  source: 'Operator profiles; checked end to end against the vLLM 0.19 run of LLMServingSim (MIT), 300 requests',
  step: {
    baseMs: 2.0,
    weightsMs: 15.3,
    computeBaseMs: 1.8,
    tokenUs: 88.1,
    contextTokenUs: 0.159,
    attentionPairNs: 4.77,
    sequenceUs: 10,
  },
  kvTokens: 41_408,
  maxModelLen: llama31MaxModelLen,
  model: llama8b,
  interconnect: pcie4Host,
  power: { idleW: 25, smallBatchW: 300, maxW: 450, source: 'estimate' },
};
