import { nvlink5 } from '../interconnect.ts';
import { llama8b, llama31MaxModelLen } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';
import { largeDevice } from '../server-defaults.ts';

export const b200Llama8b: ProfileData = {
  id: 'b200-llama8b',
  grade: 'B',
  source: 'Measured inter-token latency up to 64 sequences; extrapolated beyond',
  step: {
    baseMs: 1.2,
    weightsMs: 2.7,
    tokenUs: 12,
    contextTokenUs: 0.034,
    // Not measured: computed by the rules of the README.
    attentionPairNs: 0.65,
    sequenceUs: 65,
  },
  kvTokens: 1_100_000,
  maxModelLen: llama31MaxModelLen,
  server: largeDevice,
  model: llama8b,
  interconnect: nvlink5,
  power: {
    idleW: 140,
    smallBatchW: 639,
    maxW: 1000,
    source: 'maximum from its data sheet; the rest of unrecorded origin, and publications disagree',
  },
};
