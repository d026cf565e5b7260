import { llama31MaxModelLen } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';

export const jetsonOrinAgx8bInt4: ProfileData = {
  id: 'jetson-orin-agx-8b-int4',
  grade: 'C',
  source: 'Datasheet rule, weights of 4 bits',
  step: {
    baseMs: 3,
    weightsMs: 33,
    tokenUs: 800,
    contextTokenUs: 0.9,
    // Not measured: computed by the rules of the README.
    attentionPairNs: 43,
    sequenceUs: 100,
  },
  kvTokens: 200_000,
  maxModelLen: llama31MaxModelLen,
  power: {
    idleW: 10,
    smallBatchW: 40,
    maxW: 60,
    source: 'maximum from its data sheet; the rest of unrecorded origin, and publications disagree',
  },
};
