import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { eventLine } from '../../core/event/event-line.ts';
import { seededRng } from '../../core/random/rng.ts';
import { simulate } from '../../hosts/simulate/simulate.ts';
import { type PolicyName, policyNames } from '../../router/pick/registry.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';
import { makeSchedule } from '../../workload/make-schedule.ts';
import { bundledTrace } from '../../workload/trace/io/bundled-trace.ts';

const TRACE = bundledTrace('azure-llm-2023-conversation');
const DURATION_S = 6;

/** All that is around a pick, mostly on, mostly tight. */
const router = fc.record({
  maxAttempts: fc.constantFrom(2, 3, 5),
  retry: fc.record({
    codes: fc.subarray(['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'INTERNAL', 'UNKNOWN', 'ABORTED']),
    atOnce: fc.constantFrom(0, 1, 4),
    baseMs: fc.constantFrom(1, 30, 400),
    budgetTokens: fc.constantFrom(0, 1, 10, 100),
    budgetPerSuccess: fc.constantFrom(0.1, 2),
  }),
  firstTokenTimeout: fc.constantFrom('never', { ms: 60 }, { ms: 300 }, { timesPredicted: 1, leastMs: 20 }),
  hedge: fc.record({
    after: fc.constantFrom('never', { ms: 1 }, { ms: 50 }, { percentile: 50 }),
    boundaryMs: fc.constantFrom(0, 60_000),
    disjoint: fc.constantFrom('medium', 'node', 'any'),
    maxShare: fc.constantFrom(0.05, 1),
  }),
  maxOutstanding: fc.constantFrom(1, 5, 1024),
  queue: fc.record({
    size: fc.constantFrom(0, 1, 5, 100),
    timeoutMs: fc.constantFrom(1, 200, 3000),
    quantumTokens: fc.constantFrom(1, 5000),
  }),
  ejection: fc.record({
    consecutive: fc.constantFrom(0, 1, 5),
    baseS: fc.constantFrom(0.2, 5),
    maxShare: fc.constantFrom(0, 1),
  }),
  breaker: fc.record({
    consecutive: fc.constantFrom(0, 1, 3),
    leastSuccess: fc.constantFrom(0, 0.9),
    leastRequests: fc.constantFrom(2, 20),
    baseS: fc.constantFrom(0.05, 1),
  }),
  panicShare: fc.constantFrom(0, 0.5, 1),
  slowStart: fc.record({ windowS: fc.constantFrom(0, 3) }),
  subset: fc.constantFrom('all', 1, 2),
  signals: fc.record({ inBand: fc.boolean(), outOfBand: fc.constantFrom(null, { everyMs: 100 }) }),
  knowledge: fc.record({ kind: fc.constantFrom('none', 'slots', 'ephemeris') }),
});

const atS = fc.integer({ min: 1, max: 70 }).map((tenths) => tenths / 10);
const forS = fc.constantFrom(0.05, 0.4, 1.5, 3);
const node = fc.constantFrom('frankfurt-1', 'frankfurt-2', 'ashburn');
const fault = fc.oneof(
  fc.record({ kind: fc.constantFrom('hang', 'blackhole', 'reset', 'slow'), node, atS, forS }),
  fc.record({ kind: fc.constantFrom('crash', 'goaway', 'drain'), node, atS }),
  fc.record({
    kind: fc.constant('fail'),
    node,
    atS,
    forS,
    share: fc.constantFrom(0.3, 1),
    code: fc.constantFrom(2, 8, 10, 13, 14),
  }),
  fc.record({
    kind: fc.constantFrom('down', 'blackhole'),
    path: fc.constantFrom('europe/frankfurt-1/fibre', 'america/ashburn/fibre'),
    atS,
    forS,
  }),
);

const conditions = fc.record({
  seed: fc.nat(1e6),
  policy: fc.constantFrom(...policyNames.filter((name) => name !== 'floor')),
  router,
  maxWaiting: fc.constantFrom(1, 1024),
  drainS: fc.constantFrom(0, 6),
  load: fc.record({
    ratePerS: fc.constantFrom(5, 20, 60),
    deadlineS: fc.constantFrom(0.4, 60),
    maxOutputTokens: fc.constantFrom(4, 64),
  }),
  timeline: fc.array(fault, { maxLength: 6 }),
});

type Conditions = typeof conditions extends fc.Arbitrary<infer Value> ? Value : never;

const scenarioOf = ({ seed, router: settings, maxWaiting, drainS, load, timeline }: Conditions) =>
  parseScenario(
    JSON.stringify({
      schema: 1,
      name: 'guarded',
      epoch: '2026-01-01T00:00:10Z',
      seed,
      durationS: DURATION_S,
      warmUpS: 0.5,
      drainS,
      sites: {
        london: { latDeg: 51.5074, lonDeg: -0.1278 },
        'new-york': { latDeg: 40.7128, lonDeg: -74.006 },
        ashburn: { latDeg: 39.0438, lonDeg: -77.4874 },
        frankfurt: { latDeg: 50.1109, lonDeg: 8.6821 },
      },
      router: settings,
      routers: { europe: { site: 'london' }, america: { site: 'new-york' } },
      clients: {
        london: { site: 'london', access: { kind: 'fibre' } },
        'new-york': { site: 'new-york', access: { kind: 'fibre' } },
      },
      nodes: {
        frankfurt: { site: 'frankfurt', media: ['fibre'], profile: 'h100-llama8b', count: 2, limits: { maxWaiting } },
        ashburn: { site: 'ashburn', media: ['fibre'], profile: 'b200-llama8b', maxOutstanding: 3 },
      },
      load: {
        ...load,
        classes: {
          people: { kind: 'trace', tenant: 'one' },
          others: { kind: 'trace', tenant: 'two' },
          jobs: { kind: 'trace', tenant: 'two', priority: 3, share: 2 },
        },
      },
      faults: { token: 'a-token-of-16-characters', timeline },
    }),
    'guarded.yaml',
  );

const run = (given: Conditions): { readonly events: readonly Event[]; readonly requests: number } => {
  const scenario = scenarioOf(given);
  const clients = Object.keys(scenario.clients).map((name) => ({ name, share: 1 }));
  const rng = seededRng(scenario.seed);
  const schedule = makeSchedule({ load: scenario.load, trace: TRACE, durationMs: DURATION_S * 1000, clients, rng });
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  const policy: PolicyName = given.policy;
  for (const _ of simulate({ scenario, topology: topologyOf(scenario), schedule, policy, emit }));
  return { events, requests: schedule.length };
};

type RequestEvent = Extract<Event, { readonly request: number }>;
const ofKind = <Kind extends RequestEvent['kind']>(chain: readonly RequestEvent[], kind: Kind) =>
  chain.filter((event): event is Extract<RequestEvent, { readonly kind: Kind }> => event.kind === kind);

test('with all that is around a pick switched on, each request ends once and is answered once, and no rule of its attempts is broken', () => {
  fc.assert(
    fc.property(conditions, (given) => {
      const { events, requests } = run(given);
      const { maxAttempts, queue } = given.router;
      const all = events.filter((event): event is RequestEvent => 'request' in event);
      const chains = Map.groupBy(all, ({ request }) => request);
      expect(chains.size).toBe(requests);
      for (const chain of chains.values()) {
        const [sent, finished, first] = [
          ofKind(chain, 'sent'),
          ofKind(chain, 'finished'),
          ofKind(chain, 'first-token'),
        ];
        expect([sent.length, finished.length]).toEqual([1, 1]);
        expect(first.length).toBeLessThanOrEqual(1);
        const { atMs: endedAtMs, outcome, tokens } = finished[0]!;

        const routed = ofKind(chain, 'routed');
        expect(routed.map(({ attempt }) => attempt)).toEqual(routed.map((_, index) => index + 1));
        const causes = routed.map(({ cause }) => cause);
        expect(causes.filter((cause) => cause !== undefined && cause !== 'transparent').length).toBeLessThan(
          maxAttempts,
        );
        expect(causes.filter((cause) => cause === 'hedge').length).toBeLessThanOrEqual(1);
        // No attempt begins once the user has a token, or the request has ended.
        const lastAtMs = Math.min(endedAtMs, first[0]?.atMs ?? Number.POSITIVE_INFINITY);
        for (const { atMs } of routed) expect(atMs).toBeLessThanOrEqual(lastAtMs);

        for (const kind of ['received', 'scheduled', 'served'] as const) {
          const attempts = ofKind(chain, kind).map(({ attempt }) => attempt);
          expect(new Set(attempts).size).toBe(attempts.length);
        }
        if (outcome === 'answered') {
          expect([tokens, first.length]).toEqual([sent[0]!.outputTokens, 1]);
          expect(ofKind(chain, 'served').some((served) => served.outcome === 'answered')).toBe(true);
        }

        const waited = ofKind(chain, 'waited');
        expect(waited.length).toBeLessThanOrEqual(routed.length + 1);
        for (const { waitedMs } of waited) expect(waitedMs).toBeLessThanOrEqual(queue.timeoutMs + 0.001);
      }
    }),
    { numRuns: 40 },
  );
});

test('such runs write the same log each time', () => {
  fc.assert(
    fc.property(conditions, (given) => {
      const log = (): string => run(given).events.map(eventLine).join('');
      expect(log()).toBe(log());
    }),
    { numRuns: 8 },
  );
});
