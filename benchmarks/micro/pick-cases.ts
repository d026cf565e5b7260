import { type Rng, seededRng } from '../../core/random/rng.ts';
import type { Attempt } from '../../router/attempt/attempt.ts';
import type { Ending } from '../../router/attempt/ending.ts';
import { EndpointTable } from '../../router/endpoint/endpoint-table.ts';
import { linkForecast } from '../../router/endpoint/forecast.ts';
import { createPolicy } from '../../router/pick/create-policy.ts';
import { livePolicyNames } from '../../router/pick/live-policy.ts';
import { type RequestInfo, SAYS_NOTHING } from '../../router/request-info.ts';
import { Router } from '../../router/router.ts';
import { type Case, sink } from './case.ts';

const request = (id: number): RequestInfo => ({
  id,
  promptTokens: 1000 + (id % 7) * 300,
  maxOutputTokens: 256,
  ...SAYS_NOTHING,
  session: `session-${id % 50}`,
  prefix: Float64Array.of(7, 1000 + (id % 50)),
});

/**
 * A pick by every policy of a live router, over tables of several sizes. Requests are open, nodes have reported and answers were measured;
 * candidates are refreshed as in the router. Then what all of a request costs the router beside its bytes: its pick, and what it teaches.
 */
export const pickCases = (): readonly Case[] => [
  ...[2, 16, 256, 10_000].flatMap((size) =>
    livePolicyNames.map((name) => lazyCase(`pick: ${name}, N = ${size}`, () => pickingOf(name, size))),
  ),
  ...WHOLE.map((name) => lazyCase(`pick: all of a request, ${name}, 16 endpoints`, () => livingOf(name, 16))),
];

const lazyCase = (name: string, create: () => () => void): Case => {
  let made: (() => void) | null = null; // only for a case that is measured
  return {
    name,
    operations: PICKS,
    run: () => {
      made ??= create();
      made();
    },
  };
};

const pickingOf = (name: string, size: number): (() => void) => {
  const { router, rng, begunMs } = routerOf(name, size);
  const { endpoints, policy } = router;
  const asked = Array.from({ length: 64 }, (_, id) => request(id));
  let nowMs = begunMs;
  return () => {
    let chosen = 0;
    nowMs += 0.1; // once for all of them, as a batch of requests that is read at one instant: a number that is passed on may be boxed
    for (let turn = 0; turn < PICKS; turn++) {
      const decision = policy.pick(asked[turn & 63]!, endpoints, nowMs, rng);
      if (decision.kind === 'pick') chosen += decision.endpoint;
    }
    sink.value = chosen;
  };
};

/** Requests that begin, are answered and end, 64 of them open at each instant. */
const livingOf = (name: string, size: number): (() => void) => {
  const { router, begunMs } = routerOf(name, size);
  const asked = Array.from({ length: 64 }, (_, id) => request(id));
  const open: (Attempt | null)[] = asked.map(() => null);
  let nowMs = begunMs;
  const live = (): void => {
    for (let turn = 0; turn < PICKS; turn++) {
      nowMs += 0.5;
      const before = open[turn & 63]!;
      if (before !== null) {
        router.firstMessage(before, nowMs);
        router.end(before, { ...ENDING, report: { ...REPORT, atMs: nowMs, running: turn % 9 } }, nowMs);
      }
      const attempt = router.begin(asked[turn & 63]!, nowMs);
      open[turn & 63] = attempt.kind === 'attempt' ? attempt : null;
    }
    sink.value = router.endpoints.outstandingTotal;
  };
  for (let warm = 0; warm < WARM; warm++) live();
  return live;
};

const routerOf = (
  name: string,
  size: number,
): { readonly router: Router; readonly rng: Rng; readonly begunMs: number } => {
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
  const router = new Router({ endpoints, policy, rng });
  let nowMs = 0;
  for (let id = 0; id < 400; id++) {
    nowMs += 5;
    const attempt = router.begin(request(id), nowMs);
    if (attempt.kind !== 'attempt') continue;
    router.firstMessage(attempt, nowMs + 60 + (id % 40));
    router.probed(attempt.endpoint, 40, { ...REPORT, atMs: nowMs, running: id % 9 }, nowMs + 60);
  }
  return { router, rng, begunMs: nowMs };
};

const REPORT = {
  waiting: 1,
  pendingPromptTokens: 800,
  kvUsage: 0.2,
  utilization: 0.2,
  requestsReceived: 0,
  requestsPerS: 10,
  failuresPerS: 0,
  stepMs: 8,
  prefillMsPerToken: 0.03,
  prefillBaseMs: 3,
  prefixHitShare: 0,
};

const ENDING: Ending = { code: 0, report: null, pushbackMs: null, fault: 'none', isSaidByNode: true };

/** Policies of each kind: one without any memory, to subtract, then what they learn. */
const WHOLE = ['random', 'least-request', 'peak-ewma', 'lmetric', 'ephemeris'] as const;

/** As many turns of `PICKS` until all that it calls is compiled: a request touches more code than the time of a case is enough for. */
const WARM = 100;

/** A pick takes less than it costs to read the clock. */
const PICKS = 256;
