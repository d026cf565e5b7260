import type { z } from 'zod';
import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { ephemeris, ephemerisSchema } from '../policy/ephemeris.ts';
import { leastRequest, leastRequestSchema } from '../policy/least-request.ts';
import { oracle, oracleSchema, type Truth } from '../policy/oracle.ts';
import { peakEwma, peakEwmaSchema } from '../policy/peak-ewma.ts';
import { random, randomSchema } from '../policy/random.ts';
import { ringHash, ringHashSchema } from '../policy/ring-hash.ts';
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

/** A policy: what makes the schema of its parameters, and how to make one of them. */
interface PolicyEntry {
  readonly schema: (z: Zod) => z.ZodType;
  create(params: unknown, context: PolicyContext): Policy;
}

const entry = <Schema extends PolicyEntry['schema']>(
  schema: Schema,
  create: (params: Made<Schema>, context: PolicyContext) => Policy,
) => ({ schema, create });

/** Every policy, by the name that a scenario uses. */
export const policies = {
  random: entry(randomSchema, random),
  'round-robin': entry(roundRobinSchema, roundRobin),
  'weighted-round-robin': entry(weightedRoundRobinSchema, weightedRoundRobin),
  'least-request': entry(leastRequestSchema, leastRequest),
  'ring-hash': entry(ringHashSchema, ringHash),
  'peak-ewma': entry(peakEwmaSchema, peakEwma),
  ephemeris: entry(ephemerisSchema, ephemeris),
  oracle: entry(oracleSchema, oracle),
} as const;

export type PolicyName = keyof typeof policies;

export const policyNames = Object.keys(policies) as readonly PolicyName[];

/** Makes the policy of that name, by parameters that its schema has checked. */
export const madePolicy = (name: PolicyName, checked: unknown, context: PolicyContext = {}): Policy => {
  const made = (policies[name].create as PolicyEntry['create'])(checked, context);
  return context.prices !== undefined && isPriced(made) ? withPrices(made, context.prices) : made;
};

export const isPolicyName = (name: string): name is PolicyName => Object.hasOwn(policies, name);
