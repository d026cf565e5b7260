import type { z } from 'zod';
import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { type Rng, seededRng } from '../../core/random/rng.ts';
import { c3, c3Schema } from '../policy/c3.ts';
import { clairvoyant, clairvoyantSchema } from '../policy/clairvoyant.ts';
import { ephemeris, ephemerisSchema } from '../policy/ephemeris.ts';
import { floor, floorSchema } from '../policy/floor.ts';
import { gorgo, gorgoSchema } from '../policy/gorgo.ts';
import { kvOverlap, kvOverlapSchema } from '../policy/kv-overlap.ts';
import { leastRequest, leastRequestSchema } from '../policy/least-request.ts';
import { llmD, llmDSchema } from '../policy/llm-d.ts';
import { lmetric, lmetricSchema } from '../policy/lmetric.ts';
import { loadAwareLocality, loadAwareLocalitySchema } from '../policy/load-aware-locality.ts';
import { oracle, oracleSchema, type Truth } from '../policy/oracle.ts';
import { orcaWeighted, orcaWeightedSchema } from '../policy/orca-weighted.ts';
import { peakEwma, peakEwmaSchema } from '../policy/peak-ewma.ts';
import { prequal, prequalSchema } from '../policy/prequal.ts';
import { priorityFailover, priorityFailoverSchema } from '../policy/priority-failover.ts';
import { random, randomSchema } from '../policy/random.ts';
import { ringHash, ringHashSchema } from '../policy/ring-hash.ts';
import { roundRobin, roundRobinSchema } from '../policy/round-robin.ts';
import { weightedRoundRobin, weightedRoundRobinSchema } from '../policy/weighted-round-robin.ts';
import type { ServiceObjectives } from './objectives.ts';
import type { Policy } from './policy.ts';
import { isPriced } from './priced-policy.ts';
import { type HysteresisSettings, withHysteresis } from './with-hysteresis.ts';
import { type Prices, withPrices } from './with-prices.ts';

/** What a host can offer to a policy beyond its parameters. */
export interface PolicyContext {
  /** Only in a simulation. */
  readonly truth?: Truth;
  /** For what a policy draws apart from picks, such as whom to probe. A stream of its own; seed 0 where it is left out. */
  readonly rng?: Rng;
  /** What money, carbon and power are worth in milliseconds; nothing where it is left out. */
  readonly prices?: Prices;
  /** What users accept, for policies that ask whether a request keeps to it. */
  readonly objectives?: ServiceObjectives;
  readonly hysteresis?: HysteresisSettings;
}

/** A policy: what makes the schema of its parameters, and how to make one of them. */
interface PolicyEntry {
  readonly schema: (z: Zod) => z.ZodType;
  create(params: unknown, context: PolicyContext): Policy;
  /** It knows what no router can, and exists only in simulations: for bounds. It is never among those that are compared for the best. */
  readonly isBound: boolean;
}

const entry = <Schema extends PolicyEntry['schema']>(
  schema: Schema,
  create: (params: Made<Schema>, context: PolicyContext & { readonly rng: Rng }) => Policy,
) => ({
  schema,
  create: (params: Made<Schema>, context: PolicyContext): Policy =>
    create(params, { ...context, rng: context.rng ?? seededRng(0)('policy/own') }),
  isBound: false,
});

const bound = <Schema extends PolicyEntry['schema']>(
  schema: Schema,
  create: (params: Made<Schema>, context: PolicyContext & { readonly rng: Rng }) => Policy,
) => ({ ...entry(schema, create), isBound: true });

/** Every policy, by the name that a scenario uses. */
export const policies = {
  random: entry(randomSchema, random),
  'round-robin': entry(roundRobinSchema, roundRobin),
  'weighted-round-robin': entry(weightedRoundRobinSchema, weightedRoundRobin),
  'least-request': entry(leastRequestSchema, leastRequest),
  'ring-hash': entry(ringHashSchema, ringHash),
  'peak-ewma': entry(peakEwmaSchema, peakEwma),
  c3: entry(c3Schema, c3),
  prequal: entry(prequalSchema, prequal),
  'orca-weighted': entry(orcaWeightedSchema, orcaWeighted),
  'priority-failover': entry(priorityFailoverSchema, priorityFailover),
  'load-aware-locality': entry(loadAwareLocalitySchema, loadAwareLocality),
  'llm-d': entry(llmDSchema, llmD),
  lmetric: entry(lmetricSchema, lmetric),
  'kv-overlap': entry(kvOverlapSchema, kvOverlap),
  gorgo: entry(gorgoSchema, gorgo),
  ephemeris: entry(ephemerisSchema, ephemeris),
  oracle: bound(oracleSchema, oracle),
  clairvoyant: bound(clairvoyantSchema, clairvoyant),
  floor: bound(floorSchema, floor),
} as const;

export type PolicyName = keyof typeof policies;

export const policyNames = Object.keys(policies) as readonly PolicyName[];

/** Whether the policy of that name is a bound, which only a simulation can have. */
export const isBound = (name: string): boolean => isPolicyName(name) && policies[name].isBound;

/** The policy with what the router adds to those that price endpoints. */
export const dressed = (policy: Policy, { prices, hysteresis }: PolicyContext): Policy => {
  if (!isPriced(policy)) return policy;
  const priced = prices === undefined ? policy : withPrices(policy, prices);
  return hysteresis === undefined ? priced : withHysteresis(priced, hysteresis);
};

/** Makes the policy of that name, by parameters that its schema has checked. */
export const madePolicy = (name: PolicyName, checked: unknown, context: PolicyContext = {}): Policy => {
  return dressed((policies[name].create as PolicyEntry['create'])(checked, context), context);
};

export const isPolicyName = (name: string): name is PolicyName => Object.hasOwn(policies, name);
