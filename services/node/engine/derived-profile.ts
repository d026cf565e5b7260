import { z } from 'zod';
import { collectivesOf, interconnectSchema } from './interconnect.ts';
import { modelShapeSchema } from './model-shape.ts';
import type { Profile } from './profile.ts';
import { serverDefaultsOf, serverDefaultsSchema } from './server-defaults.ts';

/** What the rules assume about a device without measurements. Source: the factors come from measured devices. */
const ASSUMED = {
  /** Shares of the datasheet figures: bandwidth for reading weights and for reading KV entries, arithmetic of linear layers. */
  weightShare: 0.73,
  contextShare: 0.65,
  linearShare: 0.62,
  /** Arithmetic rate of attention, as a share of the rate of linear layers. */
  attentionShare: 0.6,
  launchMs: 0.126,
  layerMs: 0.032,
  sequenceUs: 50,
  /** Share of the memory that a server uses. Source: the default of vLLM. */
  memoryShare: 0.9,
} as const;

/** A profile computed from a datasheet and a model card. */
export const derivedProfileSchema = z
  .strictObject({
    id: z.string().min(1).max(80).describe('Device and model, as printed in reports.'),
    derive: modelShapeSchema
      .extend({
        parametersB: z.number().positive().describe('Parameters used for a token, in 10^9.'),
        memoryGB: z.number().positive().describe('Memory of a device, in 10^9 bytes.'),
        bandwidthGBs: z.number().positive().describe('Memory bandwidth of a device, in GB/s.'),
        tflops: z.number().positive().describe('Dense arithmetic of a device in the precision of the weights.'),
        maxModelLen: z.int().positive().max(1e9).optional().describe('Tokens that the model takes, if it has a limit.'),
        server: serverDefaultsSchema.optional().describe('Left out: by the memory of a device, as vLLM has it.'),
        devices: z.int().positive().max(64).default(1).describe('Devices that share the model, tensor parallel.'),
        interconnect: interconnectSchema
          .optional()
          .describe('Interconnect between the devices; required for more than one device.'),
      })
      .superRefine((data, context) => {
        if (context.issues.length > 0) return;
        if (data.devices > 1 && data.interconnect === undefined) {
          context.addIssue({
            code: 'custom',
            path: ['interconnect'],
            message: 'an interconnect, because there are several devices',
          });
        }
        if (kvTokensOf(data) < 16) {
          const message = `but 0.9 of ${data.devices} times that must be more than the ${data.weightGB} GB of weights`;
          context.addIssue({ code: 'custom', path: ['memoryGB'], message });
        }
      })
      .describe('Computed from a datasheet and a model card. Its error is 25 to 35 %, so its grade is C.'),
  })
  .describe('A device without a measured profile.');

type Derived = z.output<typeof derivedProfileSchema>;

/** The profile computed by the rules of the README. Grade C. */
export const derivedProfile = ({ id, derive }: Derived): Profile => {
  const { layers, hiddenSize, weightGB, kvBytesPerToken, parametersB, devices, interconnect } = derive;
  const model = { layers, hiddenSize, weightGB, kvBytesPerToken };
  const bytesPerMs = derive.bandwidthGBs * devices * 1e6;
  const linearPerUs = derive.tflops * devices * 1e6 * ASSUMED.linearShare;
  return {
    id,
    grade: 'C',
    source: `Derived: ${devices} x ${derive.bandwidthGBs} GB/s, ${derive.tflops} TFLOPS, ${derive.memoryGB} GB from a datasheet`,
    step: {
      baseMs: ASSUMED.launchMs + ASSUMED.layerMs * layers,
      weightsMs: (weightGB * 1e9) / (bytesPerMs * ASSUMED.weightShare),
      weightsTokenUs: 0,
      contextSkew: 0,
      computeBaseMs: 0,
      tokenUs: (2 * parametersB * 1e9) / linearPerUs,
      contextTokenUs: (kvBytesPerToken * 1e3) / (bytesPerMs * ASSUMED.contextShare),
      attentionPairNs: (4 * hiddenSize * layers * 1e3) / (linearPerUs * ASSUMED.attentionShare),
      sequenceUs: ASSUMED.sequenceUs,
      mixedDecodeUs: 0,
      mixedPaddingNs: 0,
      experts: null,
      ...(interconnect === undefined
        ? { collectiveBaseMs: 0, collectiveTokenUs: 0 }
        : collectivesOf(model, devices, interconnect)),
    },
    kvTokens: kvTokensOf(derive),
    maxModelLen: derive.maxModelLen ?? null,
    server: derive.server ?? serverDefaultsOf(derive.memoryGB),
    devices,
    replicas: 1,
    model,
    interconnect: interconnect ?? null,
    power: null,
  };
};

const kvTokensOf = ({ memoryGB, devices, weightGB, kvBytesPerToken }: Derived['derive']): number =>
  Math.floor(((memoryGB * devices * ASSUMED.memoryShare - weightGB) * 1e9) / kvBytesPerToken);
