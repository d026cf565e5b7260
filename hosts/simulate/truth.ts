import type { Ms } from '../../core/time/clock.ts';
import type { ServiceObjectives } from '../../router/pick/objectives.ts';
import type { Truth } from '../../router/policy/oracle.ts';
import type { RequestInfo } from '../../router/request-info.ts';
import type { EndpointPlan, Topology } from '../../scenario/topology.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';
import type { Path } from './crossing.ts';
import type { Flights, PromptOnItsWay } from './flights.ts';
import type { Floor } from './floor.ts';
import type { SimulatedNode } from './simulated-node.ts';
import { TrueAnswers } from './true-answers.ts';
import { requestBytes, TOKEN_BYTES } from './wire-size.ts';

/** What the bounds know of one router's endpoints: links as they will be, queues as they are. */
export const truthOf = (of: {
  readonly endpoints: readonly EndpointPlan[];
  /** Of all routers. */
  readonly clients: Topology['clients'];
  readonly paths: readonly Path[];
  readonly nodeOf: readonly SimulatedNode[];
  readonly flights: Flights;
  readonly floor: Floor;
  readonly objectives: ServiceObjectives;
}): Truth => {
  const { endpoints, clients, paths, nodeOf, flights, floor, objectives } = of;
  const backAtMs = (endpoint: number, atMs: Ms): Ms => paths[endpoint]!.connection.back.arrivalMs(atMs, TOKEN_BYTES);
  const arrivesAtMs = (endpoint: number, { promptTokens }: RequestInfo, nowMs: Ms): Ms =>
    paths[endpoint]!.connection.forward.arrivalMs(nowMs, requestBytes(promptTokens));
  const answers = new TrueAnswers({ clients, flights, objectives });
  /** Its TTFT there, and what it adds to that of prompts that come behind it. */
  const ttftOfAllMs = (endpoint: number, request: RequestInfo, nowMs: Ms): Ms => {
    const { engine } = nodeOf[endpoint]!;
    const planned = flights.plannedOf(request);
    const atMs = arrivesAtMs(endpoint, request, nowMs);
    const others = flights.to(engine.name);
    const firstTokenAtMs = (one: PlannedRequest, thereAtMs: Ms, before: readonly PromptOnItsWay[]): Ms =>
      engine.forecastFirstTokenMs(one.promptTokens, thereAtMs, { others: before, prefix: one.prefix });
    const own = firstTokenAtMs(
      planned,
      atMs,
      others.filter((other) => other.atMs <= atMs),
    );
    let addedMs = 0;
    for (const behind of others.filter((other) => other.atMs > atMs)) {
      const before = others.filter((other) => other.atMs < behind.atMs);
      const with_ = firstTokenAtMs(behind.request, behind.atMs, [...before, { atMs, request: planned }]);
      const without = firstTokenAtMs(behind.request, behind.atMs, before);
      if (Number.isFinite(with_ - without)) addedMs += with_ - without;
    }
    return backAtMs(endpoint, own) - nowMs + addedMs;
  };
  return {
    ttftMs: (endpoint, request, nowMs) => {
      const { engine } = nodeOf[endpoint]!;
      const madeAtMs = engine.forecastFirstTokenMs(request.promptTokens, arrivesAtMs(endpoint, request, nowMs));
      return backAtMs(endpoint, madeAtMs) - nowMs;
    },
    costToAllMs: (endpoint, request, nowMs, objective) =>
      objective === 'ttft'
        ? ttftOfAllMs(endpoint, request, nowMs)
        : answers.costMs(nodeOf[endpoint]!.engine, flights.plannedOf(request), {
            ...{ objective, nowMs },
            atMs: arrivesAtMs(endpoint, request, nowMs),
            back: (madeAtMs) => backAtMs(endpoint, madeAtMs),
          }),
    floorMs: (endpoint, request, nowMs) =>
      floor.over(endpoints[endpoint]!, flights.plannedOf(request), nowMs).firstAtMs - nowMs,
  };
};
