import { nvlink3 } from '../interconnect.ts';
import { llama8b, llama31MaxModelLen } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';

export const a100Llama8b: ProfileData = {
  id: 'a100-llama8b',
  grade: 'B',
  source: 'Operator profiles of Vidur',
  step: {
    baseMs: 1.2,
    weightsMs: 9.7,
    tokenUs: 66.6,
    contextTokenUs: 0.126,
    // Not measured: computed by the rules of the README.
    attentionPairNs: 3.6,
    sequenceUs: 55,
  },
  kvTokens: 400_000,
  maxModelLen: llama31MaxModelLen,
  model: llama8b,
  interconnect: nvlink3,
  power: {
    idleW: 55,
    smallBatchW: 280,
    maxW: 400,
    source: 'maximum from its data sheet; the rest of unrecorded origin, and publications disagree',
  },
};
