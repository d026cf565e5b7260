import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { runPlan } from '../../hosts/run-plan.ts';
import { simulate } from '../../hosts/simulate/simulate.ts';
import { summarise } from '../../report/summary.ts';
import type { RunResult } from '../../report/summary-schema.ts';
import type { Overrides } from '../../scenario/scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';

const PAIR = 'test/scenarios/pair.yaml';
const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const planOf = (file: string, overrides: Overrides = {}, policies = ['random']) =>
  runPlan({ file, policies, overrides, simulated: true });

/** Simulates a scenario, at most `steps` simulated seconds of it. */
const simulated = (file: string, { overrides = {} as Overrides, steps = 1e6, policy = 'random' } = {}): RunResult => {
  const plan = planOf(file, overrides, [policy]);
  const { scenario, schedule } = plan;
  const events: Event[] = [plan.runEvent(policy, { host: 'simulate', shaper: 'emulator' })];
  let left = steps;
  const emit = (event: Event): void => void events.push(event);
  for (const _ of simulate({ scenario, schedule, policy, topology: topologyOf(scenario), emit }))
    if (--left === 0) break;
  return summarise(events, { machine: 'm' }).runs[0]!;
};

describe('the event that opens a run', () => {
  test('names all that made it: parameters, overrides, knowledge, and the scenario after overrides', () => {
    const [plain, faster] = [planOf(PAIR), planOf(PAIR, { ratePerS: 9, seed: 5 })];
    const run = faster.runEvent('least-request', { host: 'local', shaper: 'relay' });
    expect(run).toMatchObject({
      key: { variant: 'least-request', policy: 'least-request', seed: 5, overrides: { ratePerS: 9, seed: 5 } },
      ratePerS: 9,
      durationMs: 3000,
      warmUpMs: 500,
      knowledge: { kind: 'slots' },
      host: 'local',
      shaper: 'relay',
      dataPath: 'frames',
      requests: faster.schedule.length,
    });
    expect(run.key.params).toEqual(faster.scenario.router.policies['least-request']);
    expect(Object.keys(run.key.params)).not.toEqual([]);
    expect(run.hash).toBe(faster.resolved.hash);
    expect(faster.runEvent('random', { host: 'simulate', shaper: 'emulator' }).dataPath).toBeUndefined();
    const before = plain.runEvent('random', { host: 'local', shaper: 'relay' });
    expect(run.hash).not.toBe(before.hash);
    expect(run.fileHash).toBe(before.fileHash);
  });

  test('hashes the content of a user’s trace, not only its name', () => {
    const file = join(folder, 'traced.yaml');
    const trace = (tokens: number): string =>
      `TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.68,${tokens},44\n2023-11-16 18:15:50.95,10,20\n`;
    writeFileSync(
      file,
      scenarioText((text) => text.replace('ratePerS: 8', 'trace: mine.csv, ratePerS: 8')),
    );
    const hashes = [100, 101].map((tokens) => {
      writeFileSync(join(folder, 'mine.csv'), trace(tokens));
      return planOf(file).resolved.hash;
    });
    expect(hashes[0]).not.toBe(hashes[1]);
  });
});

describe('a simulated run', () => {
  test('is valid where every request ended in time', () => {
    expect(simulated(PAIR)).toMatchObject({ valid: true, invalidBecause: [], figures: { open: 0 } });
  });

  test('whose policy could not keep up is not valid, and its percentiles are not those of the few that it answered', () => {
    const overloaded = written('overloaded', (text) =>
      text.replace('drainS: 4', 'drainS: 0.5').replace('maxOutputTokens: 64', 'maxOutputTokens: 1000'),
    );
    const { valid, invalidBecause, figures } = simulated(overloaded, { overrides: { ratePerS: 400 } });
    expect(valid).toBe(false);
    expect(invalidBecause.join()).toMatch(/^\d+ of \d+ requests were still open when the run ended$/);
    expect(figures.open).toBeGreaterThan(figures.requests / 10);
    expect(figures.e2eMs).toMatchObject({
      n: figures.requests,
      censored: figures.requests - figures.answered,
      p99: null,
    });
  });

  test('that dropped requests is not valid', () => {
    const narrow = written('narrow', (text) => text.replace('ratePerS: 8', 'maxInFlight: 1, ratePerS: 50'));
    const { valid, invalidBecause, figures } = simulated(narrow);
    expect([valid, figures.dropped > 0]).toEqual([false, true]);
    expect(invalidBecause.join()).toMatch(/\d+ of 150 requests were dropped: too many were in flight/);
  });

  test('that is stopped says so, and its rates are over the time that ran', () => {
    const { valid, invalidBecause, figures } = simulated(PAIR, { overrides: { durationS: 60 }, steps: 10 });
    expect(valid).toBe(false);
    expect(invalidBecause[0]).toBe('interrupted after 10.0 s of 60 s: these figures are partial');
    expect(figures.measuredMs).toBe(9500);
    expect(figures.offeredPerS).toBeCloseTo(figures.requests / 9.5, 3);
  });

  test('with a path that is never up is not valid, and names it', () => {
    const north = written('north', (text) =>
      text
        .replace('latDeg: 51.5074, lonDeg: -0.1278', 'latDeg: 64.1, lonDeg: -21.9')
        .replace('media: [fibre, laser]', 'media: [laser]')
        .replace(/ {2}frankfurt: \{ site: frankfurt, media.*\n/, ''),
    );
    const { valid, invalidBecause, notes, figures } = simulated(north, { policy: 'round-robin' });
    expect(figures.neverUp).toEqual(['ashburn/laser']);
    expect(notes).toContain('path ashburn/laser was never up');
    expect(valid).toBe(false);
    expect(invalidBecause.join('\n')).toMatch(/^path ashburn\/laser was never up, and \d+ requests depended on it$/m);
  });
});

const scenarioText = (change: (text: string) => string): string => change(readFileSync(PAIR, 'utf8'));
const written = (name: string, change: (text: string) => string): string => {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, scenarioText(change));
  return file;
};
