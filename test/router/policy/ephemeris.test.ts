import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../core/random/rng.ts';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { type Forecast, noForecast } from '../../../router/endpoint/forecast.ts';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import { isPriced, type PricedPolicy } from '../../../router/pick/priced-policy.ts';
import type { PolicyContext } from '../../../router/pick/registry.ts';
import { type RequestInfo, SAYS_NOTHING } from '../../../router/request-info.ts';
import { loadReport } from '../load-report-fixture.ts';

const NEVER = Number.POSITIVE_INFINITY;
const request: RequestInfo = { id: 1, promptTokens: 400, maxOutputTokens: 200, ...SAYS_NOTHING };

const tableOf = (size: number, forecast: Forecast): EndpointTable => {
  const specs = Array.from({ length: size }, (_, index) => ({
    name: `n${index}/laser`,
    node: `n${index}`,
    medium: 'laser',
  }));
  const table = new EndpointTable(specs, { forecast });
  table.refreshCandidates(0);
  return table;
};

const paths = (rttMs: readonly number[], handoverAtMs: readonly number[]): Forecast => ({
  ...noForecast,
  rttMsAt: (endpoint, atMs) => (atMs >= handoverAtMs[endpoint]! ? rttMs[endpoint]! + 10 : rttMs[endpoint]!),
  nextHandoverAfter: (endpoint, atMs) => (atMs < handoverAtMs[endpoint]! ? handoverAtMs[endpoint]! : NEVER),
});

const made = (params: object = {}, context: PolicyContext = {}): PricedPolicy => {
  const policy = createPolicy('ephemeris', params, context);
  if (!isPriced(policy)) throw new Error('ephemeris has no price');
  return policy;
};

const costOf = (policy: PricedPolicy, table: EndpointTable, endpoint: number, asked = request): number => {
  const price = { costMs: 0, predictedMs: 0 };
  policy.priceOf(asked, table, endpoint, 0, price);
  return price.costMs;
};

describe('for an early first token, ephemeris', () => {
  const ttft = { objective: 'ttft' };

  test('adds the round trip, the prefill and the recent error', () => {
    const table = tableOf(1, paths([50], [NEVER]));
    table.residual.sample(0, 7, 0);
    expect(costOf(made(ttft), table, 0)).toBeCloseTo(50 + 40 + 7);
    expect(costOf(made({ ...ttft, without: ['residual'] }), table, 0)).toBeCloseTo(50 + 40);
  });

  test('takes the prompt out over the path of now, and the answer home over the path of then', () => {
    const costAt = (handoverAtMs: number, without: readonly string[] = []): number =>
      costOf(made({ ...ttft, without }), tableOf(1, paths([50], [handoverAtMs])), 0);
    expect(costAt(90)).toBeCloseTo(90);
    expect(costAt(64)).toBeCloseTo(25 + 40 + 30); // the answer leaves the node at 65
    expect(costAt(64, ['interruptions'])).toBeCloseTo(25 + 40 + 30 + 100);
  });

  test('knows nothing of interruptions without a forecast, and then a boundary before the first token has a price', () => {
    const slots: Forecast = { ...noForecast, nextHandoverAfter: () => 30 };
    expect(costOf(made(ttft), tableOf(1, slots), 0)).toBeCloseTo(40 + 100);
  });

  test('leaves the shorter path for a longer one while an interruption of the shorter would meet the prompt or its answer', () => {
    // Round trips of 50 and 200 ms, and 40 in the node: the answer over the first begins its way at 65 ms.
    const closed = (fromMs: number, toMs: number): Forecast => ({
      ...paths([50, 200], [NEVER, NEVER]),
      chanceClosedAt: (endpoint, atMs) => (endpoint === 0 && atMs >= fromMs && atMs < toMs ? 1 : 0),
      openUntilMs: () => fromMs,
    });
    const picked = (forecast: Forecast): number => {
      const decision = made(ttft).pick(request, tableOf(2, forecast), 0, seededRng(1)('policy'));
      return decision.kind === 'pick' ? decision.endpoint : -1;
    };
    expect(picked(closed(500, 700))).toBe(0);
    expect(picked(closed(-100, 100))).toBe(1); // the prompt would be lost
    expect(picked(closed(60, 200))).toBe(1); // the answer would be lost
    expect(picked(closed(150, 300))).toBe(0); // over before it begins
  });

  test('spreads a burst by its own outstanding tokens, before any report', () => {
    const table = tableOf(2, paths([50, 60], [NEVER, NEVER]));
    const policy = made(ttft);
    const picks = Array.from({ length: 10 }, () => {
      const decision = policy.pick(request, table, 0, seededRng(1)('policy'));
      if (decision.kind === 'reject') return -1;
      table.begin(decision.endpoint, { promptTokens: 400, arrivesAtMs: 25, isUnreported: true, place: -1 });
      return decision.endpoint;
    });
    expect(picks.filter((pick) => pick === 0)).toHaveLength(5);
  });
});

describe('for an early last token, ephemeris', () => {
  test('adds a step for each token that it expects, and half of what the prompt delays the others: 90 + 100 * 8 + 24', () => {
    const table = tableOf(1, paths([50], [NEVER]));
    table.report(0, loadReport({ atMs: -1000, running: 6, stepMs: 8, prefillMsPerToken: 0.02, prefillBaseMs: 2 }));
    const ttftMs = 50 + 4 + 10; // half a step, and a step of 2 + 400 * 0.02
    expect(costOf(made({ objective: 'ttft' }), table, 0)).toBeCloseTo(ttftMs);
    expect(costOf(made({ objective: 'e2e' }), table, 0)).toBeCloseTo(ttftMs + 100 * 8 + 0.5 * 6 * 400 * 0.02);
    expect(costOf(made({ objective: 'e2e', without: ['neighbours'] }), table, 0)).toBeCloseTo(ttftMs + 100 * 8);
  });

  test('prefers a far node whose tokens come faster', () => {
    const table = tableOf(2, paths([10, 90], [NEVER, NEVER]));
    table.report(0, loadReport({ atMs: -1000, stepMs: 25, prefillMsPerToken: 0.05 }));
    table.report(1, loadReport({ atMs: -1000, stepMs: 6, prefillMsPerToken: 0.05 }));
    const pickFor = (objective: string): number => {
      const decision = made({ objective }).pick(request, table, 0, seededRng(1)('policy'));
      return decision.kind === 'pick' ? decision.endpoint : -1;
    };
    expect(pickFor('ttft')).toBe(0);
    expect(pickFor('e2e')).toBe(1);
  });
});

describe('for kept objectives, ephemeris', () => {
  const objectives = { ttftMs: 400, tpotMs: 20, byClass: { batch: { ttftMs: 10_000, tpotMs: 200 } } };

  test('leaves a near node whose tokens come too late for the class, and no other', () => {
    const table = tableOf(2, paths([10, 90], [NEVER, NEVER]));
    table.report(0, loadReport({ atMs: -1000, stepMs: 30, prefillMsPerToken: 0.05 }));
    table.report(1, loadReport({ atMs: -1000, stepMs: 6, prefillMsPerToken: 0.05 }));
    const pickFor = (asked: RequestInfo): number => {
      const decision = made({}, { objectives }).pick(asked, table, 0, seededRng(1)('policy'));
      return decision.kind === 'pick' ? decision.endpoint : -1;
    };
    expect(pickFor(request)).toBe(1);
    expect(pickFor({ ...request, class: 'batch' })).toBe(0);
  });

  test('goes by what a request says that it accepts: a late first token, slow tokens, or none after its deadline', () => {
    const table = tableOf(2, paths([10, 250], [NEVER, NEVER]));
    table.report(0, loadReport({ atMs: -1000, stepMs: 30, prefillMsPerToken: 0.05 }));
    table.report(1, loadReport({ atMs: -1000, stepMs: 6, prefillMsPerToken: 0.05 }));
    const policy = made({}, { objectives });
    const pickFor = (says: Partial<RequestInfo>): number => {
      const decision = policy.pick({ ...request, ...says }, table, 0, seededRng(1)('policy'));
      return decision.kind === 'pick' ? decision.endpoint : -1;
    };
    expect(pickFor({})).toBe(1);
    expect(pickFor({ sloTpotMs: 90 })).toBe(0);
    expect(pickFor({ sloTpotMs: 91, sloTtftMs: 5000 })).toBe(0);
    expect(pickFor({ class: 'batch' })).toBe(0);
    expect(pickFor({ class: 'batch', sloTpotMs: 15 })).toBe(1);
    expect(pickFor({ deadlineMs: 150 })).toBe(0);
    expect(pickFor({ deadlineMs: 30_000 })).toBe(1);
    expect(pickFor({})).toBe(1);
  });

  test('costs half of a miss where a first token is expected just at its bound, and 15 % one spread below it', () => {
    const costWith = (rttMs: number): number => {
      const table = tableOf(1, paths([rttMs], [NEVER]));
      return costOf(made({ missMs: 1000 }, { objectives: { ttftMs: 400, tpotMs: 1e9 } }), table, 0);
    };
    const onTime = 0.5 * (1 + 1 / 0.3 / Math.sqrt(1 + (1 / 0.3) ** 2)); // of a token that comes at once
    expect(costWith(360)).toBeCloseTo(400 + 1000 * (1 - 0.5 * onTime));
    expect(costWith(240)).toBeCloseTo(280 + 1000 * (1 - 0.5 * (1 + Math.SQRT1_2) * onTime));
  });
});
