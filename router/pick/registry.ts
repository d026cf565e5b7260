import type { z } from 'zod';
import { ConfigError } from '../../core/config/config-error.ts';
import { suggestion } from '../../core/config/nearest.ts';
import { ephemeris, ephemerisSchema } from '../policy/ephemeris.ts';
import { leastRequest, leastRequestSchema } from '../policy/least-request.ts';
import { oracle, oracleSchema, type Truth } from '../policy/oracle.ts';
import { peakEwma, peakEwmaSchema } from '../policy/peak-ewma.ts';
import { random, randomSchema } from '../policy/random.ts';
import { roundRobin, roundRobinSchema } from '../policy/round-robin.ts';
import { weightedRoundRobin, weightedRoundRobinSchema } from '../policy/weighted-round-robin.ts';
import type { Policy } from './policy.ts';
import { isPriced } from './priced-policy.ts';
import { type Prices, withPrices } from './with-prices.ts';

/** What a host can offer to a policy beyond its parameters. */
export interface PolicyContext {
  /** Only in a simulation. */
  readonly truth?: Truth;
  /** What money, carbon and power are worth in milliseconds; nothing where it is left out. */
  readonly prices?: Prices;
}

/** A policy: the schema of its parameters, and how to make one of them. */
interface PolicyEntry<Schema extends z.ZodType> {
  readonly schema: Schema;
  create(params: z.output<Schema>, context: PolicyContext): Policy;
}

const entry = <Schema extends z.ZodType>(
  schema: Schema,
  create: (params: z.output<Schema>, context: PolicyContext) => Policy,
): PolicyEntry<Schema> => ({ schema, create });

/** Every policy, by the name that a scenario uses. */
export const policies = {
  random: entry(randomSchema, random),
  'round-robin': entry(roundRobinSchema, roundRobin),
  'weighted-round-robin': entry(weightedRoundRobinSchema, weightedRoundRobin),
  'least-request': entry(leastRequestSchema, leastRequest),
  'peak-ewma': entry(peakEwmaSchema, peakEwma),
  ephemeris: entry(ephemerisSchema, ephemeris),
  oracle: entry(oracleSchema, oracle),
} as const;

export type PolicyName = keyof typeof policies;

export const policyNames = Object.keys(policies) as readonly PolicyName[];

/** Makes the policy of that name. Throws `ConfigError` for an unknown name, with the nearest one, or for wrong parameters. */
export const createPolicy = (name: string, params: unknown = {}, context: PolicyContext = {}): Policy => {
  if (!isPolicyName(name)) {
    throw new ConfigError('policy', `is ${name}; ${suggestion(name, policyNames)}`);
  }
  const policy: PolicyEntry<z.ZodType> = policies[name] as unknown as PolicyEntry<z.ZodType>;
  const parsed = policy.schema.safeParse(params);
  if (parsed.success) {
    const made = policy.create(parsed.data, context);
    return context.prices !== undefined && isPriced(made) ? withPrices(made, context.prices) : made;
  }
  const issue = parsed.error.issues[0]!;
  throw new ConfigError(['router.policies', name, ...issue.path].join('.'), `is wrong: ${issue.message}`);
};

export const isPolicyName = (name: string): name is PolicyName => Object.hasOwn(policies, name);
