import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Option } from 'commander';
import { readEvents } from '../../core/event/io/event-reader.ts';
import { Progress } from '../../core/process/io/progress.ts';
import { type LiveRun, liveRuns } from '../../hosts/local/io/live-runs.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { RESTART_MS } from '../../scenario/faults-plan.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { AT_S, CHAOS_HEAD, type ContainerCase, chaosRow, FOR_S, type LocalCase } from './case.ts';
import { chaosOutcome } from './chaos-outcome.ts';
import { containerChaos } from './io/container-chaos.ts';

/**
 * Runs the pair scenario under 10 requests a second, once for each way in which a part can go, and prints what each cost as a Markdown
 * table: on this machine, or in containers. `npm run bench:chaos`, `npm run bench:chaos -- --host compose`
 */
const { policy, host } = benchmarkCommand('bench:chaos')
  .option('--policy <name>', 'the policy of the router; one that uses every endpoint', 'round-robin')
  .addOption(new Option('--host <host>', 'where it runs').choices(['local', 'compose']).default('local'))
  .parse()
  .opts<{ policy: string; host: 'local' | 'compose' }>();

/** What a report says of a cause, the best first. */
const CAUSES = [/^fault /, /^node ashburn stopped/, /^node ashburn fell silent/];

const NODE = 'ashburn';
const LOCAL_CASES: readonly LocalCase[] = [
  { name: 'kill a node', hit: 'ashburn/', signal: 'SIGKILL', awayS: Number.POSITIVE_INFINITY },
  { name: `pause a node for ${FOR_S} s`, hit: 'ashburn/', signal: 'SIGSTOP' },
  { name: 'crash a node', hit: 'ashburn/', entry: 'node: ashburn, kind: crash', awayS: RESTART_MS / 1000 },
  {
    name: `fibre to a node lost for ${FOR_S} s`,
    hit: 'ashburn/fibre',
    entry: `forS: ${FOR_S}, path: ashburn/fibre, kind: blackhole`,
  },
  {
    name: `laser to a node lost for ${FOR_S} s`,
    hit: 'ashburn/laser',
    entry: `forS: ${FOR_S}, path: ashburn/laser, kind: blackhole`,
  },
  { name: 'restart the router', hit: null, entry: 'router: true, kind: restart' },
];

/** The agent comes before the node, which starts it anew with itself. */
const CONTAINER_CASES: readonly ContainerCase[] = [
  { name: `kill the agent of a node for ${FOR_S} s`, hit: 'ashburn/', service: 'ashburn-agent', kind: 'kill' },
  { name: `kill the agent of the router for ${FOR_S} s`, hit: null, service: 'router-agent', kind: 'kill' },
  { name: `fibre of a node lost for ${FOR_S} s`, hit: 'ashburn/fibre', service: 'ashburn', kind: 'lose-fibre' },
  { name: `laser of a node lost for ${FOR_S} s`, hit: 'ashburn/laser', service: 'ashburn', kind: 'lose-laser' },
  { name: `pause a node for ${FOR_S} s`, hit: 'ashburn/', service: 'ashburn', kind: 'pause' },
  { name: 'crash a node', hit: 'ashburn/', service: 'ashburn', kind: 'crash', awayS: RESTART_MS / 1000 },
  { name: 'restart the router', hit: null, service: 'router', kind: 'restart', awayS: 0 },
  { name: 'kill a node', hit: 'ashburn/', service: 'ashburn', kind: 'kill', awayS: Number.POSITIVE_INFINITY },
];

const progress = new Progress();
const folder = mkdtempSync(join(tmpdir(), 'starlane-chaos-'));
const scenario = readFileSync('test/scenarios/pair.yaml', 'utf8')
  .replace('durationS: 3', 'durationS: 12')
  .replace('ratePerS: 8', 'ratePerS: 10');

const signalAt = async (run: LiveRun, signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> => {
  await sleep(run.startUnixMs + AT_S * 1000 - Date.now());
  const pid = run.nodePids[NODE]!;
  process.kill(pid, signal);
  if (signal === 'SIGKILL') return;
  await sleep(FOR_S * 1000);
  process.kill(pid, 'SIGCONT');
};

const rowOf = async (one: LocalCase, index: number): Promise<string> => {
  const { hit, entry, signal, awayS = FOR_S } = one;
  const file = join(folder, `${index}.yaml`);
  const out = join(folder, `${index}`);
  const timeline = entry === undefined ? '' : `{ atS: ${AT_S}, ${entry} }`;
  writeFileSync(file, `${scenario}\nfaults: { token: a-token-of-this-bench, timeline: [${timeline}] }\n`);
  const args = ['cli/main.ts', 'run', file, '--policy', policy, '--out', out, '--json'];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('close', resolve));
  if (signal !== undefined) {
    let run: LiveRun | undefined;
    while (run === undefined && child.exitCode === null) {
      run = liveRuns().find(({ pid }) => pid === child.pid);
      await sleep(100);
    }
    if (run !== undefined) await signalAt(run, signal);
  }
  await ended;
  const { runs } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
  const untilMs = (AT_S + awayS) * 1000;
  const outcome = chaosOutcome(readEvents(join(out, 'events.jsonl')), { fromMs: AT_S * 1000, untilMs, hit });
  return chaosRow(one, outcome, runs[0]!, CAUSES);
};

try {
  process.stdout.write(`${CHAOS_HEAD}\n`);
  const onRow = (row: string): void => {
    progress.clear();
    process.stdout.write(`${row}\n`);
  };
  if (host === 'compose') {
    const file = join(folder, 'pair.yaml');
    writeFileSync(file, scenario);
    const onCase = (name: string, index: number): void => progress.show('chaos', index / CONTAINER_CASES.length, name);
    await containerChaos(file, { policy, cases: CONTAINER_CASES, onCase, onRow });
  }
  for (const [index, one] of host === 'local' ? LOCAL_CASES.entries() : []) {
    progress.show('chaos', index / LOCAL_CASES.length, one.name);
    onRow(await rowOf(one, index));
  }
} finally {
  progress.clear();
  rmSync(folder, { recursive: true, force: true });
}
