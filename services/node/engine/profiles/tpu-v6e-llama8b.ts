import { llama8b, llama31MaxModelLen } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';
import { tpuV6e } from '../server-defaults.ts';

export const tpuV6eLlama8b: ProfileData = {
  id: 'tpu-v6e-llama8b',
  grade: 'B',
  source: 'Measured linear layers; the rest is scaled from a datasheet',
  step: {
    baseMs: 1.2,
    weightsMs: 8.9,
    tokenUs: 20.3,
    contextTokenUs: 0.16,
    // Not measured: computed by the rules of the README.
    attentionPairNs: 1.1,
    sequenceUs: 50,
  },
  kvTokens: 80_000,
  maxModelLen: llama31MaxModelLen,
  server: tpuV6e,
  model: llama8b,
  power: null,
};
