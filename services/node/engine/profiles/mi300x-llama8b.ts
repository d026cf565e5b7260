import { infinityFabric } from '../interconnect.ts';
import { llama8b, llama31MaxModelLen } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';
import { largeDevice } from '../server-defaults.ts';

export const mi300xLlama8b: ProfileData = {
  id: 'mi300x-llama8b',
  grade: 'C',
  source:
    'Datasheet rule: 1307 TFLOPS dense BF16, 192 GB, 5.3 TB/s (AMD Instinct MI300X data sheet); software for it reaches less of that than for the devices behind the rule',
  step: {
    baseMs: 1.15,
    weightsMs: 4.15,
    tokenUs: 19.8,
    contextTokenUs: 0.038,
    // Not measured: computed by the rules of the README.
    attentionPairNs: 1.08,
    sequenceUs: 50,
  },
  kvTokens: 1_190_000,
  maxModelLen: llama31MaxModelLen,
  server: largeDevice,
  model: llama8b,
  interconnect: infinityFabric,
  power: {
    idleW: 75,
    smallBatchW: 521,
    maxW: 750,
    source: 'maximum from its data sheet; the rest assumed in proportion to h100-llama8b',
  },
};
