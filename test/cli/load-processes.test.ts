import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readEvents } from '../../core/event/io/event-reader.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { StarlaneProcess, starlane } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The pair, whose two clients are in a process of the load each. */
const TWO = join(folder, 'two.yaml');
writeFileSync(
  TWO,
  readFileSync('test/scenarios/pair.yaml', 'utf8').replace(
    'load: { ratePerS: 8,',
    'load: { ratePerS: 8, processes: 2,',
  ),
);

const run = (name: string, ...args: readonly string[]) => {
  const out = join(folder, name);
  return { out, command: new StarlaneProcess('run', TWO, '--policy', 'round-robin', '--out', out, ...args) };
};
const resultIn = (out: string): Summary => JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;

describe('a load of two processes', { timeout: 180_000 }, () => {
  test('sends the one schedule, each the requests of its own client, and each says how it kept its times', async () => {
    const { out, command } = run('whole');
    await command.ended;
    const events = readEvents(join(out, 'events.jsonl'));
    const sent = events.filter((event) => event.kind === 'sent');
    expect(new Set(sent.map(({ request }) => request)).size).toBe(24);
    expect(sent).toHaveLength(24);
    const generators = events.filter((event) => event.kind === 'generator');
    expect(generators.map(({ part }) => part).sort()).toEqual(['load generator 1', 'load generator 2']);
    expect(generators.reduce((sum, { offered }) => sum + offered, 0)).toBe(24);
    for (const { offered, transport, taxP50Ms } of generators) {
      expect(offered).toBeGreaterThan(0);
      expect(transport).toBe('frames');
      if (taxP50Ms !== undefined) expect(taxP50Ms).toBeGreaterThan(0); // a run does not wait long for a busy machine to measure it
    }
    expect(events.filter(({ kind }) => kind === 'gaps')).toHaveLength(2);
    const { figures } = resultIn(out).runs[0]!;
    expect(figures.generator).toMatchObject({ processes: 2, transport: 'frames' });
    expect(figures.answered).toBe(figures.requests);
    expect(command.processes()).toEqual([]);
  });

  test('of which one is killed is not valid, by its name, and keeps what the other one sent', async () => {
    const { out, command } = run('killed', '--duration', '8s');
    await command.said(/of \d+ ended/);
    process.kill(command.pidOf('parts/load.ts'), 'SIGKILL');
    const { code, err } = await command.ended;
    const name = /^starlane: (load generator [12]) stopped by SIGKILL; what it sent until then is kept$/.exec(
      err.trim(),
    );
    expect(name, err).not.toBe(null);
    expect(code).toBe(1);
    const { invalidBecause } = resultIn(out);
    expect(invalidBecause).toContain(`round-robin: ${name![1]} stopped by SIGKILL`);
    expect(invalidBecause).toContain(`round-robin: ${name![1]} ended before the run did`);
    const events = readEvents(join(out, 'events.jsonl'));
    const [other, ...none] = events.filter((event) => event.kind === 'generator');
    expect(none).toEqual([]);
    expect(other!.part).not.toBe(name![1]);
    expect(other!.sent).toBe(other!.offered);
  });

  test('that is interrupted keeps what both measured, and calls it partial', async () => {
    const { out, command } = run('interrupted', '--duration', '30s');
    await command.said(/\d\d+ of \d+ ended/);
    command.interrupt();
    const { code } = await command.ended;
    expect(code).toBe(130);
    const { runs, valid } = resultIn(out);
    expect([valid, runs[0]!.partial]).toEqual([false, true]);
    expect(runs[0]!.figures.generator).toMatchObject({ processes: 2 });
    expect(runs[0]!.figures.answered).toBeGreaterThan(0);
    expect(command.processes()).toEqual([]);
  });
});

test('clients that retry do so about as often as in a simulation, and are counted apart', async () => {
  const busy = join(folder, 'busy.yaml');
  const text = readFileSync('test/scenarios/pair.yaml', 'utf8')
    .replace('ratePerS: 8,', 'ratePerS: 60, deadlineS: 4, retries: { attempts: 3, backoffMs: 200 },')
    .replaceAll(/profile: (\S+) }/g, 'profile: $1, limits: { maxWaiting: 1, maxNumSeqs: 2 } }');
  writeFileSync(busy, text);
  const [live, simulated] = [join(folder, 'busy-live'), join(folder, 'busy-simulated')];
  await Promise.all([
    starlane('run', busy, '--policy', 'random', '--out', live),
    starlane('simulate', busy, '--policy', 'random', '--out', simulated),
  ]);
  const [ran, meant] = [live, simulated].map((out) => resultIn(out).runs[0]!.figures);
  expect(meant!.clientRetries).toBeGreaterThan(100);
  expect(ran!.clientRetries / meant!.clientRetries).toBeGreaterThan(0.7);
  expect(ran!.clientRetries / meant!.clientRetries).toBeLessThan(1.3);
  expect(ran!.requests).toBe(meant!.requests);
}, 180_000);
