import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Event, HostKind } from '../../core/event/event.ts';
import { readEvents } from '../../core/event/io/event-reader.ts';
import { type HostRun, hostAgreement } from '../../hosts/agreement/agreement.ts';
import { RunTally } from '../../report/run-tally.ts';
import type { RunFigures, Summary } from '../../report/summary-schema.ts';
import { StarlaneProcess, starlane } from './starlane-process.ts';

const PAIR = 'test/scenarios/pair.yaml';
const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const summaryIn = (out: string): Summary => JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
const figuresIn = (out: string): RunFigures => summaryIn(out).runs[0]!.figures;
const run = (name: string, ...args: readonly string[]): { readonly out: string; readonly command: StarlaneProcess } => {
  const out = join(folder, name);
  return { out, command: new StarlaneProcess('run', PAIR, '--out', out, ...args) };
};

const hostRunIn = (host: HostKind, out: string): HostRun => {
  const events = readEvents(join(out, 'events.jsonl'));
  const tally = new RunTally(events.find((event) => event.kind === 'run')!);
  for (const event of events) tally.add(event);
  return { host, tally, result: summaryIn(out).runs[0]! };
};

/** What all messages pass. */
const PASSED = ['relay of the access links', 'relay of the paths', 'router'];

/**
 * How far the TTFT of a request of a live run may be from the simulated one, at the median: 2 ms or 2 %, and above it what the live run
 * states of its own timing: how late the load sent and read, how much longer probes took than planned on the access link and on the path,
 * how long the event loop of the router waited, there and back, and how late the nodes ended their steps.
 */
const toleranceMs = (simulatedMs: number): number => Math.max(2, 0.02 * simulatedMs);
const timingErrorMs = ({ tally, result }: HostRun): number => {
  const { generator, probeErrorMs } = result.figures;
  const nodesMs = Math.max(...tally.lateness.map(({ lateP99Ms }) => lateP99Ms));
  const routersMs = Math.max(...tally.eventLoops.map(({ waitP99Ms }) => waitP99Ms));
  const loadMs = generator!.lagP99Ms + generator!.eventLoopP99Ms;
  return loadMs + 2 * Math.max(0, probeErrorMs.p95!) + 2 * routersMs + nodesMs;
};

describe('a local run', { timeout: 180_000 }, () => {
  test('I1, I2 and I8: has the requests of the simulated one, in order of cause, and is never faster than light allows, whatever proxy the environment names', {
    retry: 2, // of a machine that others keep busy; a wrong delay is wrong each time
  }, async () => {
    const simulated = join(folder, 'simulated');
    vi.stubEnv('http_proxy', 'http://127.0.0.1:9'); // with it nothing would be answered
    const { out, command } = run('live', '--policy', 'round-robin');
    vi.unstubAllEnvs();
    const [live] = await Promise.all([
      command.ended,
      starlane('simulate', PAIR, '--policy', 'round-robin', '--events', '--out', simulated),
    ]);
    expect(live.err).toBe('');
    const [liveRun, simulatedRun] = [out, simulated].map((path) => figuresIn(path));
    expect(liveRun).toMatchObject({
      requests: simulatedRun!.requests,
      answered: simulatedRun!.requests,
      failed: 0,
      open: 0,
    });
    expect(liveRun!.by.endpoint).toMatchObject(
      Object.fromEntries(
        Object.entries(simulatedRun!.by.endpoint!).map(([name, { requests }]) => [name, { requests }]),
      ),
    );
    // Request by request: where two that are sent together change their order, round-robin swaps their endpoints, and with twenty
    // requests that alone moves the median of all by tens of milliseconds.
    const [simulatedHost, liveHost] = [hostRunIn('simulate', simulated), hostRunIn('local', out)];
    const { same, ttftMs } = hostAgreement(simulatedHost, liveHost).pairs;
    const mostMs = toleranceMs(simulatedRun!.ttftMs.p50!);
    expect(liveHost.tally.eventLoops.map(({ part }) => part).toSorted()).toEqual(PASSED);
    expect(same).toBeGreaterThan(simulatedRun!.requests / 2);
    expect(ttftMs!.p50).toBeGreaterThan(-mostMs);
    expect(ttftMs!.p50).toBeLessThan(mostMs + timingErrorMs(liveHost));
    expect(liveRun!.delayErrorMs.p50!).toBeGreaterThan(0);
    for (const path of [out, simulated]) expectCausalOrder(readEvents(join(path, 'events.jsonl')));
    expect(command.processes()).toEqual([]);
  });

  test('continues when a node is killed, says so, retries elsewhere, and is not valid', async () => {
    const { out, command } = run('node-killed', '--policy', 'least-request', '--duration', '5s');
    await command.sent(10);
    process.kill(command.pidOf('parts/node.ts'), 'SIGKILL');
    const { code, err } = await command.ended;
    expect(err.trim()).toMatch(/^starlane: node (ashburn|frankfurt) stopped by SIGKILL; the run goes on without it$/);
    expect(code).toBe(1);
    const summary = summaryIn(out);
    expect(summary.valid).toBe(false);
    expect(summary.invalidBecause.join('\n')).toMatch(/node (ashburn|frankfurt) ended before the run did/);
    const { requests, answered, failed, refused, cancelled, dropped, open } = summary.runs[0]!.figures;
    expect(answered + failed + refused + cancelled + dropped + open).toBe(requests);
    expect(answered).toBeGreaterThan(requests / 2);
    expect(command.processes()).toEqual([]);
  });

  test('keeps what was measured when its load is killed, and is not valid, by name', async () => {
    const { out, command } = run('load-killed', '--policy', 'least-request', '--duration', '20s');
    await command.sent(10);
    process.kill(command.pidOf('parts/load.ts'), 'SIGKILL');
    const { code, err } = await command.ended;
    expect(err.trim()).toBe('starlane: load generator stopped by SIGKILL; what it sent until then is kept');
    expect(code).toBe(1);
    const { valid, invalidBecause, runs } = summaryIn(out);
    expect(valid).toBe(false);
    expect(invalidBecause).toContain('least-request: load generator stopped by SIGKILL');
    expect(invalidBecause).toContain('least-request: load generator ended before the run did');
    expect(runs[0]!.figures.measuredMs).toBeLessThan(15_000);
    expect(existsSync(join(out, 'requests.csv'))).toBe(true);
    expect(command.processes()).toEqual([]);
  });

  test.each(['parts/router.ts', 'parts/relay.ts'])('ends in one line when %s is killed', async (module) => {
    const { command } = run('part-killed', '--policy', 'random', '--duration', '5s');
    await command.sent(1);
    process.kill(command.pidOf(module), 'SIGKILL');
    const { code, out, err } = await command.ended;
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err.trim()).toMatch(/^starlane: (router|relay of the .*) stopped by SIGKILL$/);
    expect(command.processes()).toEqual([]);
  });

  test('takes its parts along when it is killed itself', async () => {
    const { command } = run('killed', '--policy', 'random', '--duration', '20s');
    await command.sent(10);
    command.kill();
    await command.ended;
    for (let wait = 0; wait < 100 && command.processes().length > 0; wait++)
      await new Promise((next) => setTimeout(next, 50));
    expect(command.processes()).toEqual([]);
  });

  test('with no URL where traces are to go ends in one line, before anything is started', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4317');
    const ended = await starlane('run', PAIR, '--policy', 'round-robin');
    vi.unstubAllEnvs();
    expect(ended).toMatchObject({
      code: 2,
      out: '',
      err: 'starlane: OTEL_EXPORTER_OTLP_ENDPOINT is localhost:4317, must be a URL such as http://127.0.0.1:4318\n',
    });
  });

  test('on a busy port ends in one line that names it', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const { command } = run('busy', '--policy', 'random', '--port', String(port));
    const { code, err } = await command.ended;
    taken.close();
    expect(code).toBe(1);
    expect(err.trim()).toMatch(new RegExp(`^starlane: router .*127\\.0\\.0\\.1:${port}.*in use$`));
    expect(command.processes()).toEqual([]);
  });
});

const expectCausalOrder = (events: readonly Event[]): void => {
  const steps = ['sent', 'routed', 'received', 'scheduled', 'first-token', 'finished'];
  const requests = Map.groupBy(
    events.filter((event) => steps.includes(event.kind)),
    (event) => (event as Extract<Event, { request: number }>).request,
  );
  expect(requests.size).toBeGreaterThan(10);
  for (const [, chain] of requests) {
    const times = steps.map((kind) => chain.find((event) => event.kind === kind)?.atMs ?? Number.NaN);
    const intended = chain.find((event) => event.kind === 'sent')!.intendedAtMs;
    // The parts' clocks agree to some tens of microseconds.
    for (const [index, atMs] of times.entries()) expect(atMs - (times[index - 1] ?? intended)).toBeGreaterThan(-0.2);
    expect(chain.filter((event) => event.kind === 'finished')).toHaveLength(1);
  }
};
