import type { Ms } from '../../core/time/clock.ts';
import { earliestArrivalMs } from '../../netem/links/model/earliest-arrival.ts';
import type { EndpointPlan, Topology } from '../../scenario/topology.ts';
import { type FloorTimes, floorTimesOf } from '../../services/node/engine/floor-time.ts';
import { engineOptionsOf } from '../../services/node/engine-options.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';
import { requestBytes, TOKEN_BYTES } from './wire-size.ts';

/** When the first and the last token of a request can be back at its router at the earliest. */
export interface FloorAtRouter {
  readonly firstAtMs: Ms;
  readonly lastAtMs: Ms;
}

/** What a request takes at least over each endpoint: alone, with true links, everything cached that it shares with others. */
export class Floor {
  readonly #times: ReadonlyMap<string, FloorTimes>;

  constructor({ nodes }: Topology) {
    this.#times = new Map(
      nodes.map(({ name, config }) => [name, floorTimesOf(engineOptionsOf(config, `nodes.${name}`))]),
    );
  }

  over({ node, links }: EndpointPlan, planned: PlannedRequest, atRouterMs: Ms): FloorAtRouter {
    const { promptTokens, outputTokens, prefix } = planned;
    const times = this.#times.get(node)!;
    const sharedTokens = prefix.reduce((sum, { tokens }) => sum + tokens, 0);
    const atNodeMs = earliestArrivalMs(links.forward, atRouterMs, requestBytes(promptTokens));
    const madeAtMs = atNodeMs + times.firstTokenMs(promptTokens, sharedTokens);
    return {
      firstAtMs: earliestArrivalMs(links.back, madeAtMs, TOKEN_BYTES),
      lastAtMs: earliestArrivalMs(
        links.back,
        madeAtMs + times.furtherTokensMs(promptTokens, outputTokens),
        TOKEN_BYTES,
      ),
    };
  }
}
