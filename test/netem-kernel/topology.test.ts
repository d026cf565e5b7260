import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { NamespaceTopology } from '../../benchmarks/parity/io/namespace-topology.ts';
import type { Event } from '../../core/event/event.ts';
import type { LoadLine } from '../../hosts/compose/io/compose.ts';
import { standingLogs } from '../../hosts/compose/io/standing-logs.ts';
import { AttemptTable } from '../../report/attempt-table.ts';
import { standingParts } from '../../scenario/deployment/parts.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';

const FILE = resolve('test/scenarios/single.yaml');

/** Faults that say how slow the computer is: true of a kernel that keeps a process waiting for seconds, and not the claim here. */
const TIMELINESS = /stood still|began to log/;

/** Runs a load over the topology of FILE, each part in its namespace, and gives what all of them logged. */
const runInNamespaces = async (): Promise<{ readonly shaper: string; readonly events: readonly Event[] }> => {
  const folder = mkdtempSync(join(tmpdir(), 'starlane-namespaces-'));
  const scenario = readScenario(FILE);
  let over: Extract<LoadLine, { kind: 'over' }> | undefined;
  const said: string[] = [];
  const topology = new NamespaceTopology({
    scenario,
    scenarioFile: FILE,
    policy: 'round-robin',
    shaper: 'netem',
    folder,
    onLine: (text) => {
      said.push(text);
      const line = text.startsWith('{') ? (JSON.parse(text) as LoadLine) : null;
      if (line?.kind === 'over') over = line;
    },
  });
  try {
    topology.start();
    await topology.load(['--lines']).catch((error: Error) => {
      throw new Error(`${error.message}: ${said.slice(-5).join(' | ')}`);
    });
    const parts = [...standingParts(scenario).map(({ name }) => name), 'load'];
    return { shaper: over!.shaper, events: [...standingLogs(over!.logs, parts, null)] };
  } finally {
    await topology.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

test('agents in their namespaces delay every request at least as planned, and leave no namespace behind', async () => {
  const { shaper, events } = await runInNamespaces();
  expect(shaper).toBe('netem');
  const faults = events.flatMap((event) => (event.kind === 'fault' ? [`${event.part} ${event.reason}`] : []));
  expect(faults.filter((fault) => !TIMELINESS.test(fault))).toEqual([]);
  const planned = (link: string, atMs: number) =>
    events.filter((event) => event.kind === 'link').findLast((event) => event.link === link && event.atMs <= atMs)!;
  const attempts = new AttemptTable(1000);
  for (const event of events) attempts.add(event);
  const routed = [...attempts.records()].filter(({ receivedAtMs }) => !Number.isNaN(receivedAtMs));
  expect(routed.length).toBeGreaterThanOrEqual(4);
  expect(new Set(routed.map(({ endpoint }) => endpoint)).size).toBe(2);
  for (const { endpoint, routedAtMs, receivedAtMs } of routed) {
    const { delayUs, jitterUs } = planned(`${endpoint}/forward`, routedAtMs);
    expect(receivedAtMs - routedAtMs).toBeGreaterThan((delayUs - jitterUs) / 1000 - 0.5);
  }
  const probed = events.filter((event) => event.kind === 'probe');
  expect(new Set(probed.map(({ path }) => path))).toEqual(new Set(['ashburn/fibre', 'ashburn/laser', 'london/access']));
  expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).not.toContain(
    `starlane-${process.pid.toString(36)}`,
  );
}, 400_000);

test('an agent whose network returns ends, and the next one plays there again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'starlane-namespaces-'));
  const said: string[] = [];
  const topology = new NamespaceTopology({
    scenario: readScenario(FILE),
    scenarioFile: FILE,
    policy: 'round-robin',
    shaper: 'netem',
    folder,
    onLine: (line) => said.push(line),
  });
  const heard = async (line: string): Promise<void> => {
    const deadlineMs = performance.now() + 100_000;
    while (!said.slice(from).includes(line)) {
      if (performance.now() > deadlineMs) throw new Error(`nobody said "${line}" but: ${said.slice(-8).join(' | ')}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  let from = 0;
  try {
    topology.start();
    await heard('ashburn-agent: ready');
    topology.leave('ashburn', 'fibre');
    await heard('ashburn-agent: ashburn left the network fibre: waiting for its return');
    topology.comeBack('ashburn', 'fibre');
    await heard('starlane: begins anew for the network fibre');
    from = said.length;
    topology.startAgent('ashburn');
    await heard('ashburn-agent: shaper netem');
    await heard('ashburn-agent: ready');
  } finally {
    await topology.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 400_000);
