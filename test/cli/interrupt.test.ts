import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readEvents } from '../../core/event/io/event-reader.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { StarlaneProcess } from './starlane-process.ts';

const PAIR = 'test/scenarios/pair.yaml';
const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pause = (ms: number): Promise<void> => new Promise((next) => setTimeout(next, ms));

const summaryIn = (out: string): Summary => JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;

/** The first run in a folder of results, and how its requests ended in the log. */
const resultIn = (out: string) => {
  const { runs } = summaryIn(out);
  const finished = readEvents(join(out, 'events.jsonl')).filter((event) => event.kind === 'finished');
  return { run: runs[0]!, finished };
};

/** What holds of every interrupted result: nothing that was cut counts as failed, and it is marked. */
const expectPartial = (out: string): void => {
  const { run, finished } = resultIn(out);
  const { requests, answered, failed, refused, cancelled, dropped, open, interrupted } = run.figures;
  expect(interrupted).toBeGreaterThan(0);
  expect([failed, refused, cancelled, dropped, open]).toEqual([0, 0, 0, 0, 0]);
  expect(answered + interrupted).toBe(requests);
  expect([run.valid, run.partial]).toEqual([false, true]);
  const cut = finished.filter(({ outcome }) => outcome === 'interrupted');
  expect(cut.length).toBeGreaterThanOrEqual(interrupted); // the log has the warm-up too
  for (const { status, reason } of cut) expect([status, reason]).toEqual(['CANCELLED', 'the run was interrupted']);
};

/** Answers take seconds, so that some are always open. */
const LONG = ['--rate', '20'];

describe('requests that were open when the run was interrupted', { timeout: 180_000 }, () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'are counted as that in a local run, not as failed, and no further policy runs (%s)',
    async (signal) => {
      const out = join(folder, `live-${signal}`);
      const policies = ['--policy', 'random,round-robin', '--duration', '40s', ...LONG];
      const command = new StarlaneProcess('run', PAIR, ...policies, '--out', out);
      await command.sent(30);
      // Whoever ends a whole group of processes, as a terminal and `timeout` do, reaches the parts too.
      command.signalAll(signal);
      const { code, err, out: printed } = await command.ended;
      expect([code, err]).toEqual([130, '']);
      expect(printed).toMatch(/: INVALID, partial$/m);
      expect(printed).toMatch(/^policy .* interrupted/m);
      expect(printed).toContain('Stopped by Ctrl-C');
      expectPartial(out);
      const { runs } = summaryIn(out);
      expect(runs.map(({ key }) => key.policy)).toEqual(['random']);
      expect(runs[0]!.figures.measuredMs).toBeLessThan(38_000);
      expect(runs[0]!.invalidBecause[0]).toMatch(/^interrupted after \d+\.\d s of 40 s: these figures are partial$/);
      expect(command.processes()).toEqual([]);
      expect(readdirSync(command.temporary)).toEqual([]);
    },
  );

  test.each(['SIGINT', 'SIGTERM'] as const)('are counted as that in a simulation (%s)', async (signal) => {
    const out = join(folder, `simulated-${signal}`);
    const command = new StarlaneProcess(
      'simulate',
      PAIR,
      '--policy',
      'random',
      '--duration',
      '2h',
      '--rate',
      '30',
      '--events',
      '--out',
      out,
    );
    const log = join(out, 'events.jsonl');
    while (!existsSync(log) || !readFileSync(log, 'utf8').includes('"finished"')) await pause(100);
    command.signal(signal);
    const { code, err } = await command.ended;
    expect([code, err]).toEqual([130, '']);
    expectPartial(out);
  });
});

describe('a second Ctrl-C', { timeout: 180_000 }, () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'ends a local run at once, and leaves no process and no file (%s)',
    async (signal) => {
      const out = join(folder, `twice-${signal}`);
      const command = new StarlaneProcess('run', PAIR, '--policy', 'random', '--duration', '40s', '--out', out);
      await command.sent(5);
      process.kill(command.pidOf('parts/node.ts'), 'SIGSTOP'); // it does not end, so that the run takes its time to
      command.signal('SIGINT');
      await pause(1000);
      command.signal(signal);
      const { code } = await command.ended;
      expect(code).toBe(130);
      for (let wait = 0; wait < 100 && command.processes().length > 0; wait++) await pause(20);
      expect(command.processes()).toEqual([]);
      expect(readdirSync(command.temporary)).toEqual([]);
      expect(readdirSync(out).sort()).toEqual(['events.jsonl', 'scenario.resolved.yaml']);
    },
  );

  test('that comes with the first, as npm passes it on, counts once', async () => {
    const out = join(folder, 'one-press');
    const command = new StarlaneProcess('run', PAIR, '--policy', 'random', '--duration', '40s', '--out', out);
    await command.sent(5);
    command.signal('SIGINT');
    command.signal('SIGTERM');
    const { code } = await command.ended;
    expect(code).toBe(130);
    expect(existsSync(join(out, 'summary.json'))).toBe(true);
  });
});
