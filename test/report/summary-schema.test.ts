import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Event } from '../../core/event/event.ts';
import { runPlan } from '../../hosts/run-plan.ts';
import { simulate } from '../../hosts/simulate/simulate.ts';
import { summarise } from '../../report/summary.ts';
import { type Summary, summarySchema } from '../../report/summary-schema.ts';
import { topologyOf } from '../../scenario/topology.ts';

/** The published schema itself, as somebody else's validator reads it. */
const published = z.fromJSONSchema(JSON.parse(readFileSync('report/summary.schema.json', 'utf8')));

const summaryOf = (file: string, policies: readonly string[]): Summary => {
  const plan = runPlan({ file, policies, overrides: { durationS: 10 }, simulated: true });
  const { scenario, schedule } = plan;
  const events: Event[] = [];
  for (const policy of policies) {
    events.push(plan.runEvent(policy, { host: 'simulate', shaper: 'emulator' }));
    const emit = (event: Event): void => void events.push(event);
    for (const _ of simulate({ scenario, schedule, policy, topology: topologyOf(scenario), emit }));
  }
  return JSON.parse(JSON.stringify(summarise(events, { machine: 'm' }))) as Summary;
};

describe('the published schema of summaries', () => {
  const summary = summaryOf('scenarios/stranded-power.yaml', ['ephemeris', 'round-robin']);

  test('is met by the summary of a run, energy included', () => {
    expect(published.safeParse(summary)).toMatchObject({ success: true });
    expect(summarySchema.parse(summary)).toEqual(summary);
    expect(summary.runs.map(({ figures }) => figures.energy !== null)).toEqual([true, true]);
  });

  test.each<readonly [string, (run: Summary['runs'][number]) => unknown]>([
    ['a figure that is missing', ({ figures }) => delete (figures as Partial<typeof figures>).e2eMs],
    [
      'a distribution without its censored count',
      ({ figures: { ttftMs } }) => delete (ttftMs as Partial<typeof ttftMs>).censored,
    ],
    ['a key that nobody knows', ({ figures }) => Object.assign(figures, { extra: 1 })],
    ['a figure that is no number', ({ figures }) => Object.assign(figures.tpotMs, { p50: '7' })],
    ['a run without its key', (run) => delete (run as Partial<typeof run>).key],
    ['a run without its reasons', (run) => delete (run as Partial<typeof run>).invalidBecause],
  ])('refuses %s', (_, spoil) => {
    const spoilt = structuredClone(summary);
    spoil(spoilt.runs[0]!);
    expect(published.safeParse(spoilt).success).toBe(false);
  });

  test('is met by an older summary, which counted interrupted requests as open', () => {
    const older = structuredClone(summary);
    for (const run of older.runs) {
      delete (run as Partial<typeof run>).partial;
      delete (run.figures as Partial<typeof run.figures>).interrupted;
    }
    expect(published.safeParse(older)).toMatchObject({ success: true });
    expect(summarySchema.parse(older).runs[0]).toMatchObject({ partial: false, figures: { interrupted: 0 } });
  });

  test('has the exact keys that scripts rely on', () => {
    const [run] = summary.runs;
    expect(summary.schema).toBe(4);
    expect(Object.keys(run!.key)).toEqual(['variant', 'policy', 'params', 'seed', 'repetition', 'overrides']);
    const keys = ['n', 'censored', 'mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max', 'ci95'];
    for (const metric of ['ttftMs', 'tpotMs', 'e2eMs'] as const)
      expect(Object.keys(run!.figures[metric])).toEqual(keys);
    for (const outcome of ['requests', 'answered', 'failed', 'refused', 'dropped', 'open', 'interrupted'] as const) {
      expect(run!.figures[outcome]).toEqual(expect.any(Number));
    }
  });
});
