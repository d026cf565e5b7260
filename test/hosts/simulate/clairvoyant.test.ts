import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { planOf } from '../../../hosts/run-plan.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { runFigures } from '../../../report/run-figures.ts';
import { RunTally } from '../../../report/run-tally.ts';
import type { RunFigures } from '../../../report/summary-schema.ts';
import { parseScenario } from '../../../scenario/scenario.ts';

const TEXT = readFileSync('test/scenarios/pair.yaml', 'utf8')
  .replace('durationS: 3', 'durationS: 12')
  .replace('ratePerS: 8', 'ratePerS: 30')
  .replace(
    'router: { site: london }',
    `router:
  site: london
  variants:
    c-ttft: { use: clairvoyant }
    c-e2e: { use: clairvoyant, objective: e2e }
    c-slo: { use: clairvoyant, objective: slo }
    e-ttft: { use: ephemeris, objective: ttft }
    e-e2e: { use: ephemeris, objective: e2e }`,
  )
  .concat('slo: { ttftMs: 260, tpotMs: 8 }\n');
const POLICIES = ['random', 'least-request', 'peak-ewma', 'ephemeris', 'e-ttft', 'e-e2e'];

const figuresUnder = (policies: readonly string[], seed: number): ReadonlyMap<string, RunFigures> => {
  const scenario = parseScenario(TEXT, 'pair.yaml', { seed });
  const plan = planOf(scenario, { overrides: {}, commit: null, repetition: 1 });
  return new Map(
    policies.map((policy) => {
      const tally = new RunTally(plan.runEvent(policy, { host: 'simulate', shaper: 'emulator' }));
      const emit = (event: Event): void => tally.add(event);
      for (const _ of simulate({ scenario, topology: plan.topology, schedule: plan.schedule, policy, emit }));
      return [policy, runFigures(tally)];
    }),
  );
};

describe('clairvoyant under load', () => {
  const runs = [1, 2, 3].map((seed) => figuresUnder([...POLICIES, 'c-ttft', 'c-e2e', 'c-slo'], seed));
  const meanOf = (variant: string, of: (figures: RunFigures) => number | null): number =>
    runs.reduce((sum, run) => sum + of(run.get(variant)!)!, 0) / runs.length;

  test('bounds what it aims at: no policy has a lower mean TTFT or E2E, and none misses clearly fewer objectives', () => {
    const bestOf = (of: (figures: RunFigures) => number | null): number =>
      Math.min(...POLICIES.map((policy) => meanOf(policy, of)));
    const missed = ({ attainment }: RunFigures): number => 1 - attainment!;
    expect(meanOf('c-ttft', ({ ttftMs }) => ttftMs.mean)).toBeLessThan(bestOf(({ ttftMs }) => ttftMs.mean));
    expect(meanOf('c-e2e', ({ e2eMs }) => e2eMs.mean)).toBeLessThan(bestOf(({ e2eMs }) => e2eMs.mean));
    // It is no proof, and here ephemeris misses a little fewer: 0.262 against 0.272 since it averages the first errors of its predictions.
    expect(meanOf('c-slo', missed)).toBeLessThan(1.1 * bestOf(missed));
  });

  test('bounds nothing else: who aims at TTFT pays in E2E', () => {
    const e2eOf = (variant: string): number => meanOf(variant, ({ e2eMs }) => e2eMs.mean);
    expect(e2eOf('c-ttft')).toBeGreaterThan(e2eOf('c-e2e') * 1.1);
  });

  test('makes the same choices again', () => {
    for (const [variant, figures] of figuresUnder(['c-e2e', 'c-slo'], 1))
      expect(figures).toEqual(runs[0]!.get(variant));
  });
});
