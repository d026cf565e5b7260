import { pcie4 } from '../interconnect.ts';
import { llama8b, llama31MaxModelLen } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';

export const l40sLlama8b: ProfileData = {
  id: 'l40s-llama8b',
  grade: 'C',
  source: 'Datasheet rule',
  step: {
    baseMs: 1.2,
    weightsMs: 21.7,
    tokenUs: 64,
    contextTokenUs: 0.25,
    // Not measured: computed by the rules of the README.
    attentionPairNs: 3.5,
    sequenceUs: 60,
  },
  kvTokens: 170_000,
  maxModelLen: llama31MaxModelLen,
  model: llama8b,
  interconnect: pcie4,
  power: {
    idleW: 35,
    smallBatchW: 250,
    maxW: 350,
    source: 'maximum from its data sheet; the rest of unrecorded origin, and publications disagree',
  },
};
