import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { eventLine } from '../../core/event/event-line.ts';
import { seededRng } from '../../core/random/rng.ts';
import { Histogram } from '../../core/stats/histogram.ts';
import { simulate } from '../../hosts/simulate/simulate.ts';
import { summarise } from '../../report/summary.ts';
import { type PolicyName, policyNames } from '../../router/pick/registry.ts';
import { parseScenario, type Scenario } from '../../scenario/scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';
import { makeSchedule } from '../../workload/make-schedule.ts';
import { bundledTrace } from '../../workload/trace/io/bundled-trace.ts';
import { runEvent } from '../report/logged-run.ts';

const TEXT = readFileSync('test/scenarios/pair.yaml', 'utf8');
const TRACE = bundledTrace('azure-llm-2023-conversation');

/** A run that may be gentle or cruel: small queues, few requests in flight, deadlines that cannot be met. */
interface Conditions {
  readonly seed: number;
  readonly policy: PolicyName;
  readonly ratePerS: number;
  readonly deadlineS: number;
  readonly maxInFlight: number;
  readonly maxWaiting: number;
  readonly drainS: number;
}

const conditions: fc.Arbitrary<Conditions> = fc.record({
  seed: fc.nat(1e6),
  policy: fc.constantFrom(...policyNames),
  ratePerS: fc.constantFrom(2, 20, 150),
  deadlineS: fc.constantFrom(0.05, 0.3, 2, 60),
  maxInFlight: fc.constantFrom(1, 20, 4096),
  maxWaiting: fc.constantFrom(1, 4, 1024),
  drainS: fc.constantFrom(0, 1, 5),
});

const scenarioOf = ({ seed, ratePerS, deadlineS, maxInFlight, maxWaiting, drainS }: Conditions): Scenario => {
  const text = TEXT.replace(
    'ratePerS: 8',
    `ratePerS: ${ratePerS}, deadlineS: ${deadlineS}, maxInFlight: ${maxInFlight}`,
  )
    .replaceAll(/profile: (\S+) }/g, `profile: $1, limits: { maxWaiting: ${maxWaiting} } }`)
    .replace('drainS: 4', `drainS: ${drainS}`);
  return parseScenario(text, 'pair.yaml', { seed });
};

const run = (given: Conditions): { readonly events: readonly Event[]; readonly requests: number } => {
  const scenario = scenarioOf(given);
  const durationMs = scenario.durationS * 1000;
  const clients = Object.entries(scenario.clients).map(([name, { share }]) => ({ name, share }));
  const rng = seededRng(scenario.seed);
  const schedule = makeSchedule({ load: scenario.load, trace: TRACE, durationMs, clients, rng });
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  for (const _ of simulate({ scenario, topology: topologyOf(scenario), schedule, policy: given.policy, emit }));
  return { events, requests: schedule.length };
};

type RequestEvent = Extract<Event, { readonly request: number }>;
const byRequest = (events: readonly Event[]): ReadonlyMap<number, readonly RequestEvent[]> =>
  Map.groupBy(
    events.filter((event): event is RequestEvent => 'request' in event),
    ({ request }) => request,
  );

describe('whatever the conditions of a simulated run', () => {
  test('I1: every request ends exactly once, and the counts add up', () => {
    fc.assert(
      fc.property(conditions, (given) => {
        const { events, requests } = run(given);
        const chains = byRequest(events);
        expect(chains.size).toBe(requests);
        for (const chain of chains.values()) {
          expect(chain.filter(({ kind }) => kind === 'sent')).toHaveLength(1);
          expect(chain.filter(({ kind }) => kind === 'finished')).toHaveLength(1);
        }
        const head = runEvent({ host: 'simulate', warmUpMs: 0, durationMs: 3000, requests });
        const { figures, valid } = summarise([head, ...events], { machine: 'm' }).runs[0]!;
        const { answered, failed, refused, cancelled, dropped, open } = figures;
        expect(answered + failed + refused + cancelled + dropped + open).toBe(requests);
        expect(figures.requests).toBe(requests);
        expect(valid).toBe(dropped === 0 && open === 0); // I10
      }),
      { numRuns: 40 },
    );
  });

  test('I2: a request is intended, sent, routed, received, scheduled, answered and finished, in this order', () => {
    fc.assert(
      fc.property(conditions, (given) => {
        for (const chain of byRequest(run(given).events).values()) {
          const sent = chain.find((event) => event.kind === 'sent')!;
          expect(sent.intendedAtMs).toBeLessThanOrEqual(sent.atMs);
          const first = (kind: RequestEvent['kind']): number | undefined =>
            chain.find((event) => event.kind === kind)?.atMs;
          const steps = (['sent', 'routed', 'received', 'scheduled', 'first-token', 'finished'] as const)
            .map(first)
            .filter((atMs) => atMs !== undefined);
          const last = chain.find(({ kind }) => kind === 'finished')!.atMs;
          // A deadline ends a request for its client while the node may still be reading it.
          const seen = steps.filter((atMs) => atMs <= last);
          expect(seen).toEqual(seen.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: 25 },
    );
  });

  test('an answer has its last token before its status, and its first before its last', () => {
    fc.assert(
      fc.property(conditions, (given) => {
        for (const chain of byRequest(run(given).events).values()) {
          const finished = chain.find((event) => event.kind === 'finished')!;
          const firstAtMs = chain.find((event) => event.kind === 'first-token')?.atMs;
          expect(finished.lastTokenAtMs === undefined).toBe(firstAtMs === undefined);
          if (firstAtMs === undefined) continue;
          expect(finished.lastTokenAtMs!).toBeGreaterThanOrEqual(firstAtMs);
          expect(finished.lastTokenAtMs!).toBeLessThanOrEqual(finished.atMs);
        }
      }),
      { numRuns: 10 },
    );
  });

  test('the gaps of the run are those of the answers that were intended after its warm-up', () => {
    fc.assert(
      fc.property(conditions, (given) => {
        const { events } = run(given);
        const { warmUpS } = scenarioOf(given);
        const chains = [...byRequest(events).values()].filter((chain) =>
          chain.some((event) => event.kind === 'sent' && event.intendedAtMs >= warmUpS * 1000),
        );
        const ofAnswers = chains.flatMap((chain) => chain.find((event) => event.kind === 'finished')!.gaps ?? []);
        const logged = events.filter((event) => event.kind === 'gaps');
        expect(logged).toHaveLength(1);
        const all = new Histogram();
        all.add(logged[0]!.buckets, logged[0]!.maxUs);
        expect(all.count).toBe(ofAnswers.reduce((sum, { n }) => sum + n, 0));
        const longestMs = Math.max(0, ...ofAnswers.map(({ maxMs }) => maxMs));
        expect(Math.abs(all.maxUs / 1000 - longestMs)).toBeLessThanOrEqual(0.001); // the log rounds both
      }),
      { numRuns: 10 },
    );
  });

  test('events of a node name the attempt that the router sent there', () => {
    fc.assert(
      fc.property(conditions, (given) => {
        for (const chain of byRequest(run(given).events).values()) {
          const sentTo = new Map(
            chain.flatMap((event) => (event.kind === 'routed' ? [[event.attempt, event.endpoint]] : [])),
          );
          for (const event of chain) {
            if (event.kind !== 'received') continue;
            expect(sentTo.get(event.attempt)?.split('/')[0]).toBe(event.node);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  test('I3: the same seed writes the same log, byte for byte', () => {
    fc.assert(
      fc.property(conditions, (given) => {
        const log = (): string => run(given).events.map(eventLine).join('');
        expect(log()).toBe(log());
      }),
      { numRuns: 10 },
    );
  });

  test('an answer has as many tokens as scheduled, and no first token is faster than light', () => {
    const { events } = run({
      seed: 5,
      policy: 'peak-ewma',
      ratePerS: 20,
      deadlineS: 60,
      maxInFlight: 4096,
      maxWaiting: 1024,
      drainS: 60,
    });
    let later = 0;
    for (const chain of byRequest(events).values()) {
      const sent = chain.find((event) => event.kind === 'sent')!;
      const finished = chain.find((event) => event.kind === 'finished')!;
      expect(finished.outcome).toBe('answered');
      expect(finished.tokens).toBe(sent.outputTokens);
      if (finished.lastTokenAtMs! < finished.atMs) later++;
      const firstToken = chain.find((event) => event.kind === 'first-token')!;
      // Frankfurt, the nearest node, is 638 km from London: 2.1 ms of vacuum each way.
      expect(firstToken.atMs - sent.atMs).toBeGreaterThan(4.2);
    }
    // A status takes time on the wire, unless it waited for a link together with the last token.
    expect(later).toBeGreaterThan(20);
  });
});
