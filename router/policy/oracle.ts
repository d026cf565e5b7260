import { ConfigError } from '../../core/config/config-error.ts';
import type { Zod } from '../../core/config/schema-maker.ts';
import type { Ms } from '../../core/time/clock.ts';
import { type PricedPolicy, pricedPolicy } from '../pick/priced-policy.ts';
import type { RequestInfo } from '../request-info.ts';

/** What only the host of a simulation knows: the true links, queues and output lengths. */
export interface Truth {
  /** When the first token of the request would be back if it left for that endpoint now, after `nowMs`. */
  ttftMs(endpoint: number, request: RequestInfo, nowMs: Ms): Ms;
  /**
   * What the request costs all users if it leaves for that endpoint now, with all prompts that are on their way and all caches. `ttft`: its TTFT, and what it
   * adds to that of prompts that come behind it. `e2e`: the time to its last token, and what it adds to that of all answers that are there or on
   * their way. `slo`: what it uses up of its objectives and of theirs, and the objectives that are missed because of it: see `TrueAnswers`.
   */
  costToAllMs(endpoint: number, request: RequestInfo, nowMs: Ms, objective: TrueObjective): Ms;
  /** The same if it were alone in the system, and everything went as well as it can. */
  floorMs(endpoint: number, request: RequestInfo, nowMs: Ms): Ms;
}

/** What a bound makes small: TTFT, E2E, or the share of requests that miss an objective of their class. */
export type TrueObjective = 'ttft' | 'e2e' | 'slo';

export const oracleSchema = (z: Zod) =>
  z.strictObject({}).describe('The endpoint that will truly answer first: a bound for the others, in simulation only.');

/** The lowest true TTFT. It breaks the knowledge boundary on purpose, and is only for bounds. No parameters. */
export const oracle = (_params: object, { truth }: { readonly truth?: Truth | undefined }): PricedPolicy => {
  if (truth === undefined) throw new ConfigError('policy', 'is oracle, which exists only in a simulation');
  return pricedPolicy('oracle', (request, _endpoints, endpoint, nowMs, price) => {
    price.costMs = truth.ttftMs(endpoint, request, nowMs);
    price.predictedMs = Number.NaN;
  });
};
