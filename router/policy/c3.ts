import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import { NumbersByIndex } from '../pick/numbers-by-index.ts';
import { type PricedPolicy, pricedTogether } from '../pick/priced-policy.ts';

export const c3Schema = (z: Zod) =>
  z
    .strictObject({
      clients: z
        .int()
        .min(1)
        .default(1)
        .describe('How many routers send to the same nodes: n.')
        .meta(tune({ from: 1, to: 32 })),
      newestShare: z
        .number()
        .gt(0)
        .max(1)
        .default(0.9)
        .describe('What the newest sample counts in the averages; the paper and its Cassandra use 0.9.'),
      untriedMs: z
        .number()
        .positive()
        .default(5000)
        .describe(
          'Response and service time of an endpoint that has work outstanding and no sample yet, in milliseconds.',
        )
        .meta(tune({ from: 100, to: 20000 })),
    })
    .describe('Ranks by response time and by the cube of the queue that many uncoordinated routers may make.');

/**
 * The lowest R - 1/mu + q^3/mu, q = 1 + os * n + qbar: R is the average response time (here TTFT) that this router saw on the endpoint,
 * 1/mu the average service time that the node reports (a step, and the prefill of the prompt), qbar the average of the waiting requests that
 * it reports, os the open requests of this router at the node, n the routers (`clients`). The cube makes a long queue at a fast node
 * look bad before it is one, and os * n counts what others send at the same time.
 *
 * R = 20 ms, 1/mu = 4 ms, os = 2, n = 1, qbar = 1: q = 4, and the cost is 20 - 4 + 64 * 4 = 272 ms. An endpoint without a sample is free
 * until it has work. A failure counts as R of at least `untriedMs`. C3's rate control of servers is not here: nodes refuse by themselves.
 * Source: Suresh, Canini, Schmid, Feldmann, C3: Cutting Tail Latency in Cloud Data Stores via Adaptive Replica Selection, NSDI'15.
 */
export const c3 = ({ clients, newestShare, untriedMs }: Made<typeof c3Schema>): PricedPolicy => {
  const responseMs = new NumbersByIndex(Number.NaN); // by endpoint; the other two by node
  const serviceMs = new NumbersByIndex(Number.NaN);
  const waiting = new NumbersByIndex(Number.NaN);
  const untried = Float64Array.of(untriedMs); // where a choice is between it and a number of such an array, neither is allocated
  const learn = (average: NumbersByIndex, index: number, sample: number): void => {
    const before = average.at(index);
    average.set(index, Number.isNaN(before) ? sample : newestShare * sample + (1 - newestShare) * before);
  };
  return pricedTogether(
    'c3',
    (_request, { nodeOutstanding, size }, { endpoints, nodes, count, costMs }) => {
      const seen = responseMs.upTo(size);
      const said = serviceMs.upTo(size);
      const waits = waiting.upTo(size);
      for (let place = 0; place < count; place++) {
        const endpoint = endpoints[place]!;
        const node = nodes[place]!;
        const open = nodeOutstanding[node]!;
        const seenMs = seen[endpoint]!;
        const saidMs = said[node]!;
        const queued = waits[node]!;
        const isTried = !Number.isNaN(seenMs);
        if (!isTried && open === 0) continue; // it is free
        const answersMs = isTried ? seenMs : untried[0]!;
        const perRequestMs = Number.isNaN(saidMs) ? answersMs : saidMs;
        const queue = 1 + open * clients + (Number.isNaN(queued) ? 0 : queued);
        costMs[place] = costMs[place]! + c3Score(answersMs, perRequestMs, queue);
      }
    },
    {
      observe: (what, { nodeOf }) => {
        if (what.kind === 'first') learn(responseMs, what.attempt.endpoint, what.ttftMs);
        if (what.kind === 'report' && !Number.isNaN(what.report.waiting))
          learn(waiting, nodeOf[what.endpoint]!, what.report.waiting);
        if (what.kind !== 'ended') return;
        const { attempt, ending, nowMs } = what;
        if (ending.fault === 'node' || ending.fault === 'path') {
          learn(responseMs, attempt.endpoint, Math.max(untriedMs, nowMs - attempt.startedAtMs));
        } else if (ending.report !== null) {
          const { stepMs, prefillMsPerToken } = ending.report;
          const spentMs = stepMs + attempt.promptTokens * prefillMsPerToken;
          if (!Number.isNaN(spentMs)) learn(serviceMs, nodeOf[attempt.endpoint]!, spentMs);
        }
      },
    },
  );
};

/** `responseMs - serviceMs + queue^3 * serviceMs`. */
export const c3Score = (responseMs: number, serviceMs: number, queue: number): number =>
  responseMs - serviceMs + queue * queue * queue * serviceMs;
