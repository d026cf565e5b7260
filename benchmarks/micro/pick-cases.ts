import { seededRng } from '../../core/random/rng.ts';
import { EndpointTable } from '../../router/endpoint/endpoint-table.ts';
import { linkForecast } from '../../router/endpoint/forecast.ts';
import { createPolicy } from '../../router/pick/create-policy.ts';
import { livePolicyNames } from '../../router/pick/live-policy.ts';
import type { RequestInfo } from '../../router/request-info.ts';
import { SAYS_NOTHING } from '../../router/request-info.ts';
import { type Case, sink } from './case.ts';

const REQUEST: RequestInfo = { id: 1, promptTokens: 1000, maxOutputTokens: 256, ...SAYS_NOTHING };

/** A pick by every policy of a live router, over tables of several sizes. Candidates are refreshed as in the router. */
export const pickCases = (): readonly Case[] =>
  [4, 16, 256, 10_000].flatMap((size) => livePolicyNames.map((name) => pickCase(name, size)));

const pickCase = (name: string, size: number): Case => {
  const link = {
    stateAt: () => ({ up: true, delayUs: 20_000, jitterUs: 0, lossRate: 0, rateKbps: 0 }),
    nextChangeAfter: () => null,
  };
  const specs = Array.from({ length: size }, (_, index) => ({
    name: `node-${index}/fibre`,
    node: `node-${index}`,
    medium: 'fibre',
  }));
  const forecast = linkForecast(
    specs.map(() => ({ forward: link, back: link })),
    { kind: 'ephemeris', horizonMs: 60_000, errorUs: 500 },
  );
  const endpoints = new EndpointTable(specs, { forecast });
  const policy = createPolicy(name);
  const rng = seededRng(1)('policy');
  let nowMs = 0;
  return {
    name: `pick: ${name}, N = ${size}`,
    run: () => {
      nowMs += 0.1;
      endpoints.refreshCandidates(nowMs, []);
      const decision = policy.pick(REQUEST, endpoints, nowMs, rng);
      sink.value = decision.kind === 'pick' ? decision.endpoint : -1;
    },
  };
};
