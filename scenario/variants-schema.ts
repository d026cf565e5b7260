import { z } from 'zod';
import { nameSchema } from '../core/config/name-schema.ts';
import { overrideOf } from '../core/config/overrides.ts';
import { schemaOf } from '../router/pick/create-policy.ts';
import { OWN_POLICY } from '../router/pick/own-policy.ts';
import { type PolicyName, policyNames } from '../router/pick/registry.ts';

/** A policy, and those of its parameters that differ from `router.policies`. */
export type Variant = { readonly use: PolicyName | `./${string}` } & Readonly<Record<string, unknown>>;

const variantOf = (name: PolicyName) =>
  (overrideOf(schemaOf(name)) as unknown as z.ZodObject).extend({ use: z.literal(name) });

const [first, ...others] = policyNames.map(variantOf);

/** What else stands beside `use` is checked by the file: see `own-policies.ts`. */
const ownVariant = z.looseObject({
  use: z
    .string()
    .regex(OWN_POLICY, 'a policy, or a file such as ./my-policy.ts')
    .describe('A file with a policy, relative to the scenario.'),
});

/** `router.variants`, by name. */
export const variantsSchema = z
  .record(
    nameSchema,
    z
      .union([z.discriminatedUnion('use', [first!, ...others]), ownVariant])
      .describe(
        'A policy by another name, or of a file: `use` says which, and its parameters stand beside it.',
      ) as unknown as z.ZodType<Variant>,
  )
  .default({})
  .describe('Policies with other parameters than in `policies`, under names that `--policy` takes.');
