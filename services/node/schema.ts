import { z } from 'zod';
import { derivedProfileSchema } from './engine/derived-profile.ts';
import { apiServersSchema } from './engine/ingest.ts';
import { limitsSchema } from './engine/limits.ts';
import { machineSchema } from './engine/machine.ts';
import { profileSchema } from './engine/profile.ts';
import { profiles } from './engine/profiles.ts';
import { noiseSchema } from './engine/step-noise.ts';
import { transferSchema } from './engine/transfer.ts';
import { onDemandSchema } from './engine/weights-on-demand.ts';
import { coolingSchema } from './power/cooling-schema.ts';
import { overTimeSchema } from './power/over-time.ts';

/** What a scenario says of a node, except where it is and how it is reached. */
export const nodeSchema = z.strictObject({
  profile: z
    .union([z.enum([...profiles.keys()]), derivedProfileSchema, profileSchema])
    .describe('Device and model: how long steps take, how much context fits. A name, or a profile of your own.'),
  tensorParallel: z
    .int()
    .positive()
    .max(64)
    .optional()
    .describe('Devices that share the model, in place of as many as the profile was measured on.'),
  dataParallel: z
    .int()
    .positive()
    .max(64)
    .optional()
    .describe('Replicas of the model, each on devices of its own, behind the one address of the node.'),
  machine: machineSchema.prefault({ kind: 'bare-metal' }),
  models: z
    .array(z.string().min(1).max(100))
    .min(1)
    .max(1000)
    .refine((models) => new Set(models).size === models.length, 'expected each model once')
    .exactOptional()
    .describe(
      'The models that it serves, by the names that requests ask for; all take the steps of its profile. Default: any.',
    ),
  provider: z.string().min(1).default('own').describe('Who owns the node.'),
  price: z
    .strictObject({
      usdPerHour: overTimeSchema(z.number().nonnegative().max(1e6)).describe('Of the node, busy or not.'),
    })
    .optional()
    .describe('What it costs beside the energy of its site.'),
  capacity: z
    .strictObject({
      tokensPerMinute: z
        .number()
        .positive()
        .max(1e12)
        .optional()
        .describe('Prompt tokens and longest answers that it accepts in a minute; more are RESOURCE_EXHAUSTED.'),
      powerW: z.number().positive().max(1e7).optional().describe('What its devices may draw at most.'),
    })
    .prefault({})
    .describe('The limits that its provider sets.'),
  cooling: coolingSchema.optional(),
  // The time that vLLM's API takes before its engine sees a request; a lean server needs 0 to 2 ms.
  ingestMs: z.number().nonnegative().default(15.6).describe('From the last byte of a request to the waiting queue.'),
  // 1.1 s for a million tokens by the tokenizers of Hugging Face on one core (charlesxu.io/parallel-tokenizer, 2025).
  ingestTokenUs: z
    .number()
    .nonnegative()
    .max(1e6)
    .default(1.1)
    .describe('What each token of the prompt adds to that: tokenising.'),
  apiServers: apiServersSchema
    .optional()
    .describe('Processes before the engine, for which requests queue; left out: as many as requests come.'),
  onDemand: onDemandSchema
    .optional()
    .describe('Loads the weights when a request comes, and may scale to zero; left out: they are always there.'),
  startUpS: z
    .number()
    .min(0)
    .max(86_400)
    .default(0)
    .describe('How long after the start of the run it loads its weights and refuses requests.'),
  drainAtS: z
    .number()
    .min(0)
    .max(86_400)
    .optional()
    .describe('From when it takes no new requests and ends those that it has.'),
  decodesAt: z
    .string()
    .min(1)
    .exactOptional()
    .describe(
      'Another node, by its key: this one computes prompts and first tokens, that one all further tokens. Left out: it does both. `simulate` alone plays it.',
    ),
  transfer: transferSchema.exactOptional(),
  limits: limitsSchema.prefault({}).describe('What bounds a step, the queue and the cache.'),
  noise: noiseSchema.prefault({}).describe('How far steps stray from the formula.'),
});

export type NodeConfig = z.output<typeof nodeSchema>;
