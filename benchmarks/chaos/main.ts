import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Option } from 'commander';
import { EXIT } from '../../core/process/exit-code.ts';
import { Progress } from '../../core/process/io/progress.ts';
import type { Ms } from '../../core/time/clock.ts';
import { type LiveRun, liveRuns } from '../../hosts/local/io/live-runs.ts';
import { commitOf } from '../../report/io/commit.ts';
import { machineName } from '../../report/io/machine-name.ts';
import { RESTART_MS } from '../../scenario/faults-plan.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { AT_S, CHAOS_HEAD, type ContainerCase, FOR_S } from './case.ts';
import { containerChaos } from './io/container-chaos.ts';
import { chaosPage, type JudgedFault } from './timeline/chaos-page.ts';
import { LOST_CONNECTION, SILENT_PATH } from './timeline/fault-window.ts';
import { judgedRun, judgedTimeline } from './timeline/io/judged-run.ts';

/**
 * What faults cost the users of a run, as Markdown. `npm run bench:chaos` plays the timeline of `timeline/chaos.yaml` in a simulation and live, and
 * signals to a node live; it judges both by what router/README.md says, writes `benchmarks/chaos/results.md`, and ends with 1 where a claim is
 * broken. `npm run bench:chaos -- --host compose` prints what each way costs in which a part can go in containers.
 */
const { policy, host, out } = benchmarkCommand('bench:chaos')
  .option('--policy <name>', 'the policy of the router; one that uses every endpoint', 'round-robin')
  .addOption(new Option('--host <host>', 'where it runs').choices(['both', 'compose']).default('both'))
  .option('--out <file>', 'where the page of a simulation and a live run is written', 'benchmarks/chaos/results.md')
  .parse()
  .opts<{ policy: string; host: 'both' | 'compose'; out: string }>();

const TIMELINE = 'benchmarks/chaos/timeline/chaos.yaml';
const NODE = 'ashburn';

/** What the timeline cannot do: a process that gets a signal. */
const SIGNALS = [
  { name: `pause (SIGSTOP): node ${NODE}`, signal: 'SIGSTOP', leaves: SILENT_PATH },
  { name: `kill for good (SIGKILL): node ${NODE}`, signal: 'SIGKILL', leaves: LOST_CONNECTION },
] as const;

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

/** Sends the signal `AT_S` into the run of that command; resolves to when it did, and when it took it back, in milliseconds of the run. */
const signalled = async (command: number, signal: 'SIGKILL' | 'SIGSTOP'): Promise<readonly [Ms, Ms]> => {
  let run: LiveRun | undefined;
  for (let look = 0; run === undefined && look < 1200; look++) {
    run = liveRuns().find(({ pid }) => pid === command);
    await sleep(100);
  }
  if (run === undefined) throw new Error('the run did not begin');
  const nowMs = (): Ms => Date.now() - run.startUnixMs;
  await sleep(AT_S * 1000 - nowMs());
  const pid = run.nodePids[NODE]!;
  process.kill(pid, signal);
  const fromMs = nowMs();
  if (signal === 'SIGKILL') return [fromMs, Number.POSITIVE_INFINITY];
  await sleep(FOR_S * 1000);
  process.kill(pid, 'SIGCONT');
  return [fromMs, nowMs()];
};

const timelineAndSignals = async (): Promise<readonly JudgedFault[]> => {
  const show = (share: number, what: string): void => progress.show('chaos', share, what);
  const judged: JudgedFault[] = [];
  for (const [index, on] of (['simulate', 'local'] as const).entries()) {
    show(index / 4, `the timeline on ${on}`);
    judged.push(...(await judgedTimeline(on, { file: TIMELINE, policy, out: join(folder, on) })));
  }
  for (const [index, { name, signal, leaves }] of SIGNALS.entries()) {
    show(0.5 + index / 4, name);
    const file = join(folder, 'pair.yaml');
    let [fromMs, untilMs]: readonly [Ms, Ms] = [Number.NaN, Number.NaN];
    const onStart = async (pid: number): Promise<void> => {
      [fromMs, untilMs] = await signalled(pid, signal);
    };
    const window = () => [{ name, hit: `${NODE}/`, leaves, fromMs, untilMs, judgedUntilMs: Number.POSITIVE_INFINITY }];
    judged.push(...(await judgedRun('local', window, { file, policy, out: join(folder, signal), onStart })));
  }
  return judged.toSorted((a, b) => a.window.name.localeCompare(b.window.name));
};

try {
  const file = join(folder, 'pair.yaml');
  writeFileSync(file, scenario);
  if (host === 'compose') {
    process.stdout.write(`${CHAOS_HEAD}\n`);
    const onRow = (row: string): void => {
      progress.clear();
      process.stdout.write(`${row}\n`);
    };
    const onCase = (name: string, index: number): void => progress.show('chaos', index / CONTAINER_CASES.length, name);
    await containerChaos(file, { policy, cases: CONTAINER_CASES, onCase, onRow });
  } else {
    const before = loadavg()[0]!;
    const judged = await timelineAndSignals();
    progress.clear();
    const page = chaosPage(judged, [
      `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, commit ${commitOf() ?? 'unknown'}, policy ${policy}`,
      `${machineName()}; load average ${before.toFixed(1)} at the start, ${loadavg()[0]!.toFixed(1)} at the end`,
    ]);
    process.stdout.write(page);
    writeFileSync(out, page);
    if (judged.some(({ broken }) => broken.length > 0)) process.exitCode = EXIT.failed;
  }
} finally {
  progress.clear();
  rmSync(folder, { recursive: true, force: true });
}
