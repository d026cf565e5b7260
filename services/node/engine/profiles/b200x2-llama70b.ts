import { nvlink5 } from '../interconnect.ts';
import { llama31MaxModelLen, llama70b } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';
import { largeDevice } from '../server-defaults.ts';

export const b200x2Llama70b: ProfileData = {
  id: 'b200x2-llama70b',
  grade: 'B',
  source: 'Measured inter-token latency, tensor parallel over 2',
  step: {
    baseMs: 2.7,
    weightsMs: 13.2,
    tokenUs: 52,
    contextTokenUs: 0.04,
    // Not measured: computed by the rules of the README.
    attentionPairNs: 1.6,
    sequenceUs: 70,
  },
  kvTokens: 500_000,
  maxModelLen: llama31MaxModelLen,
  server: largeDevice,
  devices: 2,
  model: llama70b,
  interconnect: nvlink5,
  power: {
    idleW: 280,
    smallBatchW: 1698,
    maxW: 2000,
    source: 'maximum from its data sheet; the rest of unrecorded origin, and publications disagree',
  },
};
