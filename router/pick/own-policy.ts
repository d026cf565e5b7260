import type { z } from 'zod';
import type { Zod } from '../../core/config/schema-maker.ts';
import type { Rng } from '../../core/random/rng.ts';
import { CachedPrompts } from './cached-prompts.ts';
import { nodeMs } from './node-ms.ts';
import { nodePolicy } from './node-policy.ts';
import { pathMs } from './path-ms.ts';
import { pathToNode } from './path-to-node.ts';
import { NO_ENDPOINT, pickOf } from './pick-of.ts';
import type { Policy } from './policy.ts';
import { pricedPolicy } from './priced-policy.ts';

/** What a file with a policy of one's own exports: see `POLICIES.md`. */
export interface OwnPolicyModule {
  /** Makes the schema of the parameters, by zod's `z`. */
  readonly schema: (z: Zod) => z.ZodType;
  /** Makes the policy, by parameters that the schema has checked. */
  readonly create: (params: never, tools: OwnPolicyTools) => Policy;
}

/** What `create` is given. The file imports types only, so that it runs alone, in a container too. */
export interface OwnPolicyTools {
  /** For draws apart from picks, such as whom to probe: a stream of its own. */
  readonly rng: Rng;
  /** The policy of a price in milliseconds: write only what an endpoint costs. */
  readonly pricedPolicy: typeof pricedPolicy;
  /** The same of a cost of nodes that is no time. */
  readonly nodePolicy: typeof nodePolicy;
  /** The decisions of a policy that chooses by itself. */
  readonly pickOf: typeof pickOf;
  readonly noEndpoint: typeof NO_ENDPOINT;
  /** The shortest path to a node. */
  readonly pathToNode: typeof pathToNode;
  /** What was sent where, of prompts that begin alike; give it the number of blocks to remember. */
  readonly cachedPrompts: (indexBlocks: number) => CachedPrompts;
  /** The terms of `ephemeris`: the forecast round trip, and queue and prefill at a node. */
  readonly pathMs: typeof pathMs;
  readonly nodeMs: typeof nodeMs;
}

/** The tools with the stream that is the policy's own. */
export const ownPolicyTools = (rng: Rng): OwnPolicyTools => ({
  rng,
  pricedPolicy,
  nodePolicy,
  pickOf,
  noEndpoint: NO_ENDPOINT,
  pathToNode,
  cachedPrompts: (indexBlocks) => new CachedPrompts(indexBlocks),
  pathMs,
  nodeMs,
});

/** Whether `use` of a variant names a file with a policy. */
export const isOwnPolicy = (use: string): boolean => OWN_POLICY.test(use);

export const OWN_POLICY = /^\.{1,2}\/.+\.(?:ts|mts|js|mjs)$/;

/**
 * The policy, but a decision for an endpoint that may not be chosen ends the run with one line instead of a wrong result. `file` is what
 * the scenario calls it.
 */
export const checkedPolicy = (policy: Policy, file: string): Policy => {
  const pick: Policy['pick'] = (request, endpoints, nowMs, rng) => {
    const decision = policy.pick(request, endpoints, nowMs, rng);
    if (decision?.kind === 'reject' || (decision?.kind === 'pick' && endpoints.isCandidate(decision.endpoint))) {
      return decision;
    }
    const was =
      decision?.kind === 'pick' ? `picked endpoint ${decision.endpoint}` : `decided ${JSON.stringify(decision)}`;
    throw new Error(`${file} ${was}, expected one of endpoints.candidates, or to reject`);
  };
  return { ...bound(policy), pick };
};

/** A policy may be an object of a class, whose methods a spread would lose. */
const bound = (policy: Policy): Policy => ({
  ...policy,
  ...(policy.observe && { observe: policy.observe.bind(policy) }),
  ...(policy.probes && { probes: policy.probes.bind(policy) }),
});
