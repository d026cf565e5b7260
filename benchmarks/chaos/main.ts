import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { readEvents } from '../../core/event/io/event-reader.ts';
import { Progress } from '../../core/process/io/progress.ts';
import { type LiveRun, liveRuns } from '../../hosts/local/io/live-runs.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { RESTART_MS } from '../../scenario/faults-plan.ts';
import { chaosOutcome } from './chaos-outcome.ts';

/**
 * Runs the pair scenario on this machine under 10 requests a second, once for each way in which a part can go, and prints what
 * each cost as a Markdown table. `npm run bench:chaos`
 */
const { policy } = new Command('bench:chaos')
  .option('--policy <name>', 'the policy of the router; one that uses every endpoint', 'round-robin')
  .parse()
  .opts<{ policy: string }>();

interface Case {
  readonly name: string;
  /** How the names of the endpoints that it hits begin; null for the router. */
  readonly hit: string | null;
  /** An entry of the timeline, or a signal to the process of the node: at `AT_S`, for `FOR_S` where it ends. */
  readonly entry?: string;
  readonly signal?: 'SIGKILL' | 'SIGSTOP';
  /** How long what it hits is away, in seconds; `FOR_S` where it is left out. */
  readonly awayS?: number;
}

/** What a report says of a cause, the best first. */
const CAUSES = [/^fault /, /^node ashburn stopped/, /^node ashburn fell silent/];

const NODE = 'ashburn';
const AT_S = 5;
const FOR_S = 3;
const CASES: readonly Case[] = [
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

const rowOf = async ({ name, hit, entry, signal, awayS = FOR_S }: Case, index: number): Promise<string> => {
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
  const { notes, invalidBecause } = runs[0]!;
  const untilMs = (AT_S + awayS) * 1000;
  const outcome = chaosOutcome(readEvents(join(out, 'events.jsonl')), { fromMs: AT_S * 1000, untilMs, hit });
  const { sentBefore, lostUnbegun, lostStreaming, movedMs, servedAgainMs } = outcome;
  const said = [...notes, ...invalidBecause];
  const cause = CAUSES.map((what) => said.find((line) => what.test(line))).find((line) => line !== undefined);
  const time = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1000).toFixed(2)} s`);
  return `| ${name} | ${sentBefore} | ${lostUnbegun} | ${lostStreaming} | ${time(movedMs)} | ${time(servedAgainMs)} | ${cause ?? 'nothing'} |`;
};

try {
  process.stdout.write(
    '| what happens | sent there in 2 s before | lost before streaming | cut while streaming | last sent there after | next first token after | the report says |\n',
  );
  process.stdout.write('| --- | --: | --: | --: | --: | --: | --- |\n');
  for (const [index, one] of CASES.entries()) {
    progress.show('chaos', index / CASES.length, one.name);
    const row = await rowOf(one, index);
    progress.clear();
    process.stdout.write(`${row}\n`);
  }
} finally {
  progress.clear();
  rmSync(folder, { recursive: true, force: true });
}
