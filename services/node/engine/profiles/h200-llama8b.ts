import { nvlink4 } from '../interconnect.ts';
import { llama8b, llama31MaxModelLen } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';
import { largeDevice } from '../server-defaults.ts';

export const h200Llama8b: ProfileData = {
  id: 'h200-llama8b',
  grade: 'C',
  source: 'h100-llama8b, memory terms scaled by bandwidth',
  step: {
    baseMs: 1.2,
    weightsMs: 3.8,
    tokenUs: 25,
    contextTokenUs: 0.054,
    // As on H100: the arithmetic is the same.
    attentionPairNs: 1.3,
    sequenceUs: 50,
  },
  kvTokens: 840_000,
  maxModelLen: llama31MaxModelLen,
  server: largeDevice,
  model: llama8b,
  interconnect: nvlink4,
  power: {
    idleW: 75,
    smallBatchW: 450,
    maxW: 700,
    source: 'maximum from its data sheet; the rest of unrecorded origin, and another publication has 137 to 300 W',
  },
};
