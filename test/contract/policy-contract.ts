import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../core/random/rng.ts';
import type { Attempt } from '../../router/attempt/attempt.ts';
import { EndpointTable } from '../../router/endpoint/endpoint-table.ts';
import { type Forecast, noForecast } from '../../router/endpoint/forecast.ts';
import type { PromptInFlight } from '../../router/endpoint/node-load.ts';
import type { Policy } from '../../router/pick/policy.ts';
import { FULL_SCAN_MAX, type Price, PriceList } from '../../router/pick/price-list.ts';
import { isPriced } from '../../router/pick/priced-policy.ts';
import { type RequestInfo, SAYS_NOTHING } from '../../router/request-info.ts';
import { Router } from '../../router/router.ts';
import { NO_HASHES } from '../../workload/prefix.ts';
import { loadReport } from '../router/load-report-fixture.ts';

export const request: RequestInfo = { id: 1, promptTokens: 400, maxOutputTokens: 200, ...SAYS_NOTHING, session: 'a' };

/** A forecast with a hand-over each 15 s, whose endpoints differ. */
const forecast: Forecast = {
  ...noForecast,
  rttMsAt: (endpoint) => 40 + endpoint * 7,
  nextHandoverAfter: (_endpoint, atMs) => (Math.floor(atMs / 15_000) + 1) * 15_000,
};

/** A table of `size` endpoints, two a node, with a history; `steps` says what happened, one number an event. */
const tableOf = (size: number, steps: readonly number[]): { table: EndpointTable; nowMs: number } => {
  const specs = Array.from({ length: size }, (_, index) => ({
    name: `node-${index >> 1}/${index}`,
    node: `node-${index >> 1}`,
    medium: index % 2 === 0 ? 'fibre' : 'laser',
    weight: 1 + (index % 3),
  }));
  const table = new EndpointTable(specs, { forecast });
  let nowMs = 0;
  for (const step of steps) {
    nowMs += step % 700;
    const endpoint = step % size;
    const prompt: PromptInFlight = { promptTokens: step % 900, arrivesAtMs: nowMs + 20, isUnreported: true, place: -1 };
    table.begin(endpoint, prompt);
    if (step % 2 === 0) {
      table.firstMessage(endpoint, prompt);
      table.ewma.sample(endpoint, step % 1500, nowMs);
    }
    if (step % 3 === 0) table.residual.sample(endpoint, (step % 200) - 100, nowMs);
    if (step % 4 === 0) table.end(endpoint, prompt);
    if (step % 5 === 0) {
      const pendingPromptTokens = step % 5000;
      table.report(endpoint, loadReport({ atMs: nowMs, pendingPromptTokens, stepMs: 12, prefillMsPerToken: 0.05 }));
    }
    if (step % 11 === 0) table.setAvailable((step >> 4) % size, step % 22 === 0);
  }
  table.refreshCandidates(nowMs);
  return { table, nowMs };
};

/** Everything in a table that can change, as plain data. */
const snapshot = (value: object): unknown =>
  Object.fromEntries(
    Object.entries(value).map(([key, part]: [string, unknown]) => {
      if (ArrayBuffer.isView(part)) return [key, Array.from(part as unknown as Iterable<number>)];
      return [key, part !== null && typeof part === 'object' && !Array.isArray(part) ? snapshot(part) : part];
    }),
  );

const histories = fc.record({
  size: fc.integer({ min: 1, max: 40 }),
  steps: fc.array(fc.nat(100_000), { maxLength: 120 }),
  seed: fc.nat(1000),
});

/** A request of one of five sessions, of which some share what their prompts begin with. */
const requestOf = (step: number): RequestInfo => ({
  ...request,
  id: step,
  promptTokens: 600 + (step % 3000),
  session: `session-${step % 5}`,
  prefix: [NO_HASHES, Float64Array.of(1, 2), Float64Array.of(1, 2, 3, 4 + (step % 7))][step % 3]!,
});

/**
 * A router under the policy lives through `steps`, one number an event: requests begin, are answered, end well or badly, nodes report,
 * probes come back, connections go and come. `asked` is called before each event. Returns what the router knows, and the time.
 */
const lived = (
  policy: Policy,
  { size, steps, seed }: { readonly size: number; readonly steps: readonly number[]; readonly seed: number },
  asked: (table: EndpointTable, nowMs: number) => void = () => {},
): { readonly table: EndpointTable; readonly nowMs: number } => {
  const { table } = tableOf(size, []);
  const router = new Router({ endpoints: table, policy, rng: seededRng(seed)('policy') });
  const open: Attempt[] = [];
  let nowMs = 0;
  for (const step of steps) {
    nowMs += step % 900;
    asked(table, nowMs);
    const endpoint = (step >> 3) % size;
    const report = loadReport({
      atMs: nowMs,
      running: step % 30,
      waiting: step % 7,
      kvUsage: (step % 11) / 11,
      stepMs: 9,
    });
    const happens = step % 8;
    if (happens < 3) {
      const attempt = router.begin(requestOf(step), nowMs);
      if (attempt.kind === 'attempt') open.push(attempt);
      if (attempt.kind === 'attempt') expect(table.available[attempt.endpoint]).toBe(1);
    } else if (happens === 3 && open.length > 0) router.firstMessage(open[step % open.length]!, nowMs);
    else if (happens < 6 && open.length > 0) {
      const [attempt] = open.splice(step % open.length, 1) as [Attempt];
      const ending =
        step % 5 === 0
          ? { code: 14, report: null, fault: 'node' as const }
          : { code: 0, report, fault: 'none' as const };
      router.end(attempt, { ...ending, pushbackMs: null, isSaidByNode: true }, nowMs);
    } else if (happens === 6) router.probed(endpoint, 5 + (step % 80), report, nowMs);
    else if (happens === 7) router.setAvailable(endpoint, step % 3 > 0);
  }
  table.refreshCandidates(nowMs);
  return { table, nowMs };
};

/** What every policy promises. */
export const policyContract = (name: string, create: () => Policy): void => {
  describe(`${name} keeps the contract of a policy:`, () => {
    const policy = create();

    test('it has the name it is chosen by', () => {
      expect(policy.name).toBe(name);
    });

    test('a pick is one of the available endpoints; without one it rejects', () => {
      fc.assert(
        fc.property(histories, ({ size, steps, seed }) => {
          const { table, nowMs } = tableOf(size, steps);
          const decision = policy.pick(request, table, nowMs, seededRng(seed)('policy'));
          if (decision.kind === 'reject') expect(table.available.includes(1)).toBe(false);
          else expect(table.available[decision.endpoint]).toBe(1);
        }),
      );
    });

    test('equal context and chance give an equal pick, and a pick changes nothing (I7)', () => {
      fc.assert(
        fc.property(histories, ({ size, steps, seed }) => {
          const { table, nowMs } = tableOf(size, steps);
          const before = snapshot(table);
          const first = { ...policy.pick(request, table, nowMs, seededRng(seed)('policy')) }; // it may be used again
          expect(snapshot(table)).toEqual(before);
          expect(policy.pick(request, table, nowMs, seededRng(seed)('policy'))).toEqual(first);
          expect(create().pick(request, tableOf(size, steps).table, nowMs, seededRng(seed)('policy'))).toEqual(first);
        }),
      );
    });

    test('only what it observes changes what it picks: to ask it in between changes nothing', () => {
      fc.assert(
        fc.property(histories, ({ size, steps, seed }) => {
          const [asked, quiet] = [create(), create()];
          const aside = seededRng(seed)('aside');
          const first = lived(asked, { size, steps, seed }, (table, nowMs) => {
            asked.pick(requestOf(aside.below(1000)), table, nowMs, aside);
            asked.probes?.(nowMs);
          });
          const second = lived(quiet, { size, steps, seed });
          expect(snapshot(first.table)).toEqual(snapshot(second.table));
          expect(asked.probes?.(first.nowMs)).toEqual(quiet.probes?.(second.nowMs));
          for (const step of [0, 1, 2, 5]) {
            const [a, b] = [seededRng(step)('policy'), seededRng(step)('policy')];
            const before = { ...asked.pick(requestOf(step), first.table, first.nowMs, a) };
            expect(quiet.pick(requestOf(step), second.table, second.nowMs, b)).toEqual(before);
          }
        }),
        { numRuns: 25 },
      );
    });

    test('a pick is a candidate: what a forecast or a filter leaves out is never chosen', () => {
      const seeds = fc.record({
        seed: fc.nat(1000),
        nowMs: fc.nat(60_000),
        admitted: fc.array(fc.boolean(), { minLength: 1 }),
      });
      fc.assert(
        fc.property(histories, seeds, ({ size, steps }, { seed, nowMs: laterMs, admitted }) => {
          const { table, nowMs } = tableOf(size, steps);
          const admits = (endpoint: number): boolean => admitted[endpoint % admitted.length]!;
          table.narrowCandidates({ reason: 'overloaded', admits }, request, nowMs + laterMs);
          const decision = policy.pick(request, table, nowMs + laterMs, seededRng(seed)('policy'));
          if (decision.kind === 'reject') expect(table.candidateCount).toBe(0);
          else expect(table.candidates.slice(0, table.candidateCount)).toContain(decision.endpoint);
        }),
      );
    });

    if (isPriced(policy)) {
      test('prices that are computed together are those of each alone: the least exactly, and no other below it', () => {
        fc.assert(
          fc.property(histories, ({ size, steps }) => {
            const { table, nowMs } = tableOf(Math.min(size, FULL_SCAN_MAX), steps);
            const list = new PriceList();
            for (const laterMs of [0, 3, 14_000]) {
              if (table.candidateCount === 0) return;
              list.beginAll(table);
              policy.pricesOf(request, table, list, nowMs + laterMs);
              const alone = Array.from(table.candidates.subarray(0, table.candidateCount), (endpoint) => {
                const price: Price = { costMs: 0, predictedMs: 0 };
                policy.priceOf(request, table, endpoint, nowMs + laterMs, price);
                return price;
              });
              const least = Math.min(...alone.map(({ costMs }) => costMs));
              for (const [place, { costMs, predictedMs }] of alone.entries()) {
                expect(list.predictedMs[place]).toBe(predictedMs);
                if (costMs === least) expect(list.costMs[place]).toBe(least);
                else expect(list.costMs[place]).toBeGreaterThan(least);
              }
            }
          }),
        );
      });
    }

    test('none available: it rejects with no-endpoint', () => {
      const { table } = tableOf(3, []);
      for (let endpoint = 0; endpoint < 3; endpoint++) table.setAvailable(endpoint, false);
      table.refreshCandidates(0);
      const decision = policy.pick(request, table, 0, seededRng(1)('policy'));
      expect(decision).toEqual({ kind: 'reject', reason: 'no-endpoint' });
    });

    test('one available among many: it is picked', () => {
      for (const size of [4, 40]) {
        const { table } = tableOf(size, []);
        for (let endpoint = 0; endpoint < size; endpoint++) table.setAvailable(endpoint, endpoint === 2);
        table.refreshCandidates(0);
        expect(policy.pick(request, table, 0, seededRng(1)('policy'))).toMatchObject({ kind: 'pick', endpoint: 2 });
      }
    });
  });
};
