import { llama8b, llama31MaxModelLen } from '../model-shape.ts';
import type { ProfileData } from '../profile.ts';

export const trainium2Llama8b: ProfileData = {
  id: 'trainium2-llama8b',
  grade: 'C',
  source:
    'Datasheet rule on one chip of 667 TFLOPS dense BF16, 96 GiB and about 3 TB/s, here 2.9 (AWS Neuron documentation, Trainium2 architecture); no measured table was found',
  step: {
    baseMs: 1.15,
    weightsMs: 7.6,
    tokenUs: 38.8,
    contextTokenUs: 0.07,
    // Not measured: computed by the rules of the README.
    attentionPairNs: 2.1,
    sequenceUs: 50,
  },
  kvTokens: 530_000,
  maxModelLen: llama31MaxModelLen,
  model: llama8b,
  power: null,
};
