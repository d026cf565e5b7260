import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import { type HashRing, hashRing } from '../pick/hash-ring.ts';
import { pathToNode } from '../pick/path-to-node.ts';
import { NO_ENDPOINT, pickOf } from '../pick/pick-of.ts';
import type { Policy } from '../pick/policy.ts';
import { hash64, xxh64OfText } from '../pick/xxh64.ts';

export const ringHashSchema = (z: Zod) =>
  z
    .strictObject({
      loadFactor: z
        .union([z.literal('none'), z.number().min(1)])
        .default(1.25)
        .describe('How far above the average the open requests of a node may be before its sessions go to the next.')
        .meta(tune({ values: ['none', 1.1, 1.25, 1.5, 2, 3] })),
      minRingSize: z
        .int()
        .min(1)
        .max(8_388_608)
        .default(1024)
        .describe('How many places the ring has at least.')
        .meta(tune({ from: 64, to: 65536 })),
      maxRingSize: z
        .int()
        .min(1)
        .max(8_388_608)
        .default(8_388_608)
        .describe('How many places the ring has at most.')
        .meta(tune(false)),
    })
    .describe('Each session at the node that its hash names, unless that has too much to do: for caches of prefixes.');

/**
 * Session affinity: nodes stand on a ring at XXH64 of their names (ketama), and a request goes to the first at or after
 * XXH64 of its session that is available and has fewer open requests than
 *
 *     bound = ceil(loadFactor * (open requests of all + 1) * weight / sum of weights)        loadFactor 1.25
 *
 * With 10 open requests on 4 equal nodes the bound is ceil(1.25 * 11 / 4) = 4. One node always has room. When a node comes or goes,
 * only its own sessions move. A request without a session starts anywhere. The node is hashed and not the endpoint, since the cache
 * is the node's: of its paths the shortest is taken.
 *
 * Source: Karger et al., Consistent Hashing, 1997; Mirrokni, Thorup, Zadimoghaddam, Consistent Hashing with Bounded Loads, 2018;
 * ring and weights as in Envoy (ring_hash, hash_balance_factor 125), which looks for room in a drawn order, and not along the ring.
 */
export const ringHash = (params: Made<typeof ringHashSchema>): Policy => {
  const loadFactor = params.loadFactor === 'none' ? Number.POSITIVE_INFINITY : params.loadFactor;
  const ringOf = rememberedRing({
    minSize: params.minRingSize,
    maxSize: Math.max(params.minRingSize, params.maxRingSize),
  });
  const hash = hash64();
  return {
    name: 'ring-hash',
    pick: ({ session }, endpoints, nowMs, rng) => {
      if (endpoints.candidateCount === 0) return NO_ENDPOINT;
      if (session === '') hash[0] = rng.below(2 ** 32);
      else xxh64OfText(session, hash);
      const ring = ringOf(endpoints);
      let place = ring.from(hash[0]!, hash[1]!);
      while (!hasRoom(endpoints, ring.members[place]!, loadFactor)) place = place + 1 === ring.size ? 0 : place + 1;
      return pickOf(pathToNode(endpoints, ring.members[place]!, nowMs));
    },
  };
};

const hasRoom = (endpoints: EndpointTable, node: number, loadFactor: number): boolean => {
  if (!endpoints.isCandidateNode(node)) return false;
  const { weight, firstEndpointOf, nodeOutstanding, outstandingTotal, candidateNodeWeight } = endpoints;
  const share = weight[firstEndpointOf[node]!]! / candidateNodeWeight;
  return nodeOutstanding[node]! < Math.ceil(loadFactor * (outstandingTotal + 1) * share);
};

/** The ring of a table depends on its names and weights alone: it is computed at the first pick, and kept. */
const rememberedRing = (sizes: { readonly minSize: number; readonly maxSize: number }) => {
  let table: EndpointTable | null = null;
  let ring: HashRing | null = null;
  return (endpoints: EndpointTable): HashRing => {
    if (ring === null || table !== endpoints) {
      const { nodeNames, weight, firstEndpointOf } = endpoints;
      ring = hashRing(
        nodeNames,
        Float64Array.from(firstEndpointOf, (first) => weight[first]!),
        sizes,
      );
      table = endpoints;
    }
    return ring;
  };
};
