import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { seededRng } from '../../core/random/rng.ts';
import { simulate } from '../../hosts/simulate/simulate.ts';
import { policyNames } from '../../router/pick/registry.ts';
import { parseScenario, type Scenario } from '../../scenario/scenario.ts';
import { type Topology, topologyOf } from '../../scenario/topology.ts';
import { makeSchedule } from '../../workload/make-schedule.ts';
import type { Schedule } from '../../workload/schedule.ts';
import { bundledTrace } from '../../workload/trace/io/bundled-trace.ts';

const TEXT = readFileSync('test/scenarios/pair.yaml', 'utf8').replace(
  'router: { site: london }',
  'router: { site: london, variants: { c-e2e: { use: clairvoyant, objective: e2e }, c-slo: { use: clairvoyant, objective: slo } } }',
);
const TRACE = bundledTrace('azure-llm-2023-conversation');

interface Answer {
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

const answersOf = (of: {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly schedule: Schedule;
  readonly policy: string;
}): ReadonlyMap<number, Answer> => {
  const firsts = new Map<number, number>();
  const answers = new Map<number, Answer>();
  const emit = (event: Event): void => {
    if (event.kind === 'first-token') firsts.set(event.request, event.atMs);
    if (event.kind !== 'finished' || event.outcome !== 'answered') return;
    answers.set(event.request, { firstAtMs: firsts.get(event.request)!, lastAtMs: event.lastTokenAtMs! });
  };
  for (const _ of simulate({ ...of, emit }));
  return answers;
};

/** Paths, load and what goes wrong: all that may make a request early or late. */
const conditions = fc.record({
  seed: fc.nat(1e6),
  ratePerS: fc.constantFrom(1, 8, 60),
  jitterUs: fc.constantFrom(0, 4000, 30_000),
  rateKbps: fc.constantFrom(0, 2000, 100_000),
  model: fc.constantFrom('tcp', 'ideal'),
  noise: fc.constantFrom(0, 0.05, 0.4),
  classes: fc.boolean(),
  policies: fc.uniqueArray(fc.constantFrom(...policyNames.filter((name) => name !== 'floor'), 'c-e2e', 'c-slo'), {
    minLength: 2,
    maxLength: 2,
  }),
});

const CLASSES = ', classes: { a: { kind: coding-agent, share: 1 }, b: { kind: rag, share: 1 } }';

describe('the bound floor', () => {
  test('is beaten on no request, by no policy, in its first or its last token', () => {
    let compared = 0;
    fc.assert(
      fc.property(conditions, ({ seed, ratePerS, jitterUs, rateKbps, model, noise, classes, policies }) => {
        const text = TEXT.replace('ratePerS: 8', `ratePerS: ${ratePerS}${classes ? CLASSES : ''}`)
          .replaceAll(/profile: (\S+) }/g, `profile: $1, noise: { sigma: ${noise} } }`)
          .concat(
            `\nnetwork: { fibre: { jitterUs: ${jitterUs}, rateKbps: ${rateKbps} }, transport: { model: ${model} } }\n`,
          );
        const scenario = parseScenario(text, 'pair.yaml', { seed });
        const clients = Object.entries(scenario.clients).map(([name, { share }]) => ({ name, share }));
        const durationMs = scenario.durationS * 1000;
        const rng = seededRng(scenario.seed);
        const schedule = makeSchedule({ load: scenario.load, trace: TRACE, durationMs, clients, rng });
        const topology = topologyOf(scenario);
        const floor = answersOf({ scenario, topology, schedule, policy: 'floor' });
        for (const policy of policies) {
          for (const [request, { firstAtMs, lastAtMs }] of answersOf({ scenario, topology, schedule, policy })) {
            const least = floor.get(request);
            if (least === undefined || request >= schedule.length) continue; // one that follows another is another request
            expect(firstAtMs).toBeGreaterThanOrEqual(least.firstAtMs - 1e-6);
            expect(lastAtMs).toBeGreaterThanOrEqual(least.lastAtMs - 1e-6);
            compared++;
          }
        }
      }),
      { numRuns: 25 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  test('is reached by a request that is alone, but for jitter, noise and windows', () => {
    const text = TEXT.replace('ratePerS: 8', 'ratePerS: 0.7').replaceAll(
      /profile: (\S+) }/g,
      'profile: $1, noise: { sigma: 0 } }',
    );
    const scenario = parseScenario(`${text}\nnetwork: { fibre: { jitterUs: 0 } }\n`, 'pair.yaml', { seed: 4 });
    const clients = [{ name: 'london', share: 1 }];
    const rng = seededRng(scenario.seed);
    const schedule = makeSchedule({ load: scenario.load, trace: TRACE, durationMs: 3000, clients, rng });
    const topology = topologyOf(scenario);
    const floor = answersOf({ scenario, topology, schedule, policy: 'floor' });
    const oracle = answersOf({ scenario, topology, schedule, policy: 'clairvoyant' });
    expect(oracle.size).toBeGreaterThan(0);
    for (const [request, { firstAtMs }] of oracle) {
      const least = floor.get(request)!.firstAtMs;
      expect(firstAtMs - schedule[request]!.atMs).toBeLessThan((least - schedule[request]!.atMs) * 1.6);
    }
  });
});
