import { nvlink4 } from '../interconnect.ts';
import { llama31MaxModelLen, llama70b } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';
import { largeDevice } from '../server-defaults.ts';

export const h100x4Llama70b: ProfileData = {
  id: 'h100x4-llama70b',
  grade: 'B',
  source: 'Measured inter-token latency, tensor parallel over 4: 16.32 + 0.0923 B ms',
  step: {
    baseMs: 2.7,
    weightsMs: 13.6,
    tokenUs: 62,
    contextTokenUs: 0.048,
    // Not measured: computed by the rules of the README.
    attentionPairNs: 1.9,
    sequenceUs: 75,
  },
  kvTokens: 440_000,
  maxModelLen: llama31MaxModelLen,
  server: largeDevice,
  devices: 4,
  model: llama70b,
  interconnect: nvlink4,
  power: {
    idleW: 280,
    smallBatchW: 1765,
    maxW: 2800,
    source: 'maximum from its data sheet; the rest of unrecorded origin, and publications disagree',
  },
};
