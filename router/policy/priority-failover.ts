import type { Made, Zod } from '../../core/config/schema-maker.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import { CandidateGroups } from '../pick/candidate-groups.ts';
import { NO_ENDPOINT, pickOf } from '../pick/pick-of.ts';
import type { Policy } from '../pick/policy.ts';

export const priorityFailoverSchema = (z: Zod) =>
  z
    .strictObject({
      levels: z
        .array(z.array(z.string().min(1)).min(1))
        .min(1)
        .max(16)
        .default([['fibre'], ['laser']])
        .describe(
          'From the first choice to the last: names of endpoints, nodes, sites, media or providers. What none names comes last.',
        ),
      overprovisioning: z
        .number()
        .min(1)
        .max(10)
        .default(1.4)
        .describe('By how much the endpoints of a level are more than it needs: 1.4 begins to fail over below 72 %.'),
    })
    .describe('The first level of endpoints while enough of them are available, and the next by as much as it lacks.');

/**
 * Levels of endpoints, the first choice first. Of a level counts
 *
 *     health = min(100, 1.4 * 100 * available / all)
 *     load = min(health, what the levels before it left of 100) * 100 / min(100, sum of health)
 *
 * in per cent; within a level the less busy of two that are drawn. Two levels, of the first 72 % available: 100/0; 71 %: 99/1; 50 %: 70/30;
 * 25 %: 35/65. By default fibre comes before laser. Envoy's panic mode would use endpoints that are not available; here the router
 * decides that, for all policies (`PathHealth`). Source: Envoy, priority levels and overprovisioning factor.
 */
export const priorityFailover = ({ levels, overprovisioning }: Made<typeof priorityFailoverSchema>): Policy => {
  const groups = new CandidateGroups((endpoints) => levelsOf(endpoints, levels));
  const loads = new Float64Array(levels.length + 1);
  const shares = new Float64Array(levels.length + 1);
  return {
    name: 'priority-failover',
    pick: (_request, endpoints, _nowMs, rng) => {
      if (endpoints.candidateCount === 0) return NO_ENDPOINT;
      const count = groups.see(endpoints);
      for (let level = 0; level < count; level++) {
        const all = groups.endpointsIn(level);
        shares[level] = all === 0 ? 0 : groups.candidatesIn(level) / all;
      }
      levelLoads(shares, count, overprovisioning, loads);
      let drawn = rng.next() * 100;
      let level = 0;
      while (level < count - 1 && (drawn >= loads[level]! || groups.candidatesIn(level) === 0))
        drawn -= loads[level++]!;
      while (groups.candidatesIn(level) === 0) level--; // a sum of loads may miss 100 by rounding
      return pickOf(groups.drawIn(level, endpoints, rng));
    },
  };
};

/** Writes the load of each of `count` levels into `loads`, in per cent, by the share of its endpoints that is available. */
export const levelLoads = (
  shares: ArrayLike<number>,
  count: number,
  overprovisioning: number,
  loads: Float64Array,
): void => {
  let sum = 0;
  for (let level = 0; level < count; level++) sum += healthOf(shares[level]!, overprovisioning);
  const known = Math.min(100, sum);
  let left = 100;
  for (let level = 0; level < count; level++) {
    const load =
      known === 0 ? 0 : Math.min(left, Math.round((healthOf(shares[level]!, overprovisioning) * 100) / known));
    loads[level] = load;
    left -= load;
  }
};

/** Whole per cent, as Envoy has it. */
const healthOf = (share: number, overprovisioning: number): number =>
  Math.min(100, Math.floor(overprovisioning * 100 * share + ROUNDING));

const ROUNDING = 1e-9;

/** The level of each endpoint, from 0 on. */
const levelsOf = (endpoints: EndpointTable, levels: readonly (readonly string[])[]): readonly number[] => {
  const { names, nodeNames, nodeOf, media, providers, sites } = endpoints;
  return names.map((name, endpoint) => {
    const words = [name, nodeNames[nodeOf[endpoint]!]!, media[endpoint]!, providers[endpoint]!, sites[endpoint]!];
    const level = levels.findIndex((named) => named.some((word) => words.includes(word)));
    return level < 0 ? levels.length : level;
  });
};
