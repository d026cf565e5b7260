import { nvlink4 } from '../interconnect.ts';
import { llama8b, llama31MaxModelLen } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';
import { largeDevice } from '../server-defaults.ts';

export const h100Llama8b: ProfileData = {
  id: 'h100-llama8b',
  grade: 'B',
  source: 'ML.ENERGY benchmark: inter-token latency 6.66 + 0.0758 B ms',
  step: {
    baseMs: 1.2,
    weightsMs: 5.46,
    tokenUs: 25,
    contextTokenUs: 0.077,
    // Derived from tokenUs, not measured.
    attentionPairNs: 1.3,
    sequenceUs: 50,
  },
  kvTokens: 420_000,
  maxModelLen: llama31MaxModelLen,
  server: largeDevice,
  model: llama8b,
  interconnect: nvlink4,
  power: { idleW: 70, smallBatchW: 486, maxW: 700, source: 'measured under vLLM: 486 W at 8 sequences, 690 W at 256' },
};
