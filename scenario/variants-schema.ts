import { z } from 'zod';
import { nameSchema } from '../core/config/name-schema.ts';
import { overrideOf } from '../core/config/overrides.ts';
import { schemaOf } from '../router/pick/create-policy.ts';
import { type PolicyName, policyNames } from '../router/pick/registry.ts';

/** A policy, and those of its parameters that differ from `router.policies`. */
export type Variant = { readonly use: PolicyName } & Readonly<Record<string, unknown>>;

const variantOf = (name: PolicyName) =>
  (overrideOf(schemaOf(name)) as unknown as z.ZodObject).extend({ use: z.literal(name) });

const [first, ...others] = policyNames.map(variantOf);

/** `router.variants`, by name. */
export const variantsSchema = z
  .record(
    nameSchema,
    z
      .discriminatedUnion('use', [first!, ...others])
      .describe(
        'A policy by another name: `use` says which, and its parameters stand beside it.',
      ) as unknown as z.ZodType<Variant>,
  )
  .default({})
  .describe('Policies with other parameters than in `policies`, under names that `--policy` takes.');
