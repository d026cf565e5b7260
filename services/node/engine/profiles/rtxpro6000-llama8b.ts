import { pcie5 } from '../interconnect.ts';
import { llama8b, llama31MaxModelLen } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';
import { largeDevice } from '../server-defaults.ts';

export const rtxpro6000Llama8b: ProfileData = {
  id: 'rtxpro6000-llama8b',
  grade: 'A',
  source: 'Operator profiles; checked end to end against a real vLLM run',
  step: {
    baseMs: 2.0,
    weightsMs: 10.2,
    computeBaseMs: 3.6,
    tokenUs: 36.1,
    contextTokenUs: 0.105,
    attentionPairNs: 2.48,
    sequenceUs: 10,
  },
  kvTokens: 500_000,
  maxModelLen: llama31MaxModelLen,
  server: largeDevice,
  model: llama8b,
  interconnect: pcie5,
  power: { idleW: 35, smallBatchW: 300, maxW: 600, source: 'origin not recorded; published figures disagree' },
};
