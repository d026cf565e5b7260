import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Event } from '../../core/event/event.ts';
import { Progress } from '../../core/process/io/progress.ts';
import type { LoadLine } from '../../hosts/compose/io/compose.ts';
import { standingLogs } from '../../hosts/compose/io/standing-logs.ts';
import { standingParts } from '../../scenario/deployment/parts.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { compareRuns, type Difference, isWithinBar } from './compare.ts';
import { NamespaceTopology } from './io/namespace-topology.ts';

/**
 * Runs one scenario twice, over the relay and over the kernel's netem, and compares the times to first token. Needs root and
 * a kernel with netem, but no Docker. `npm run bench:parity -- FILE`
 */
const { args, opts } = ((command: Command) => ({ args: command.args, opts: command.opts() }))(
  benchmarkCommand('bench:parity')
    .argument('[file]', 'the scenario', 'test/scenarios/pair.yaml')
    .option(
      '--policy <name>',
      'a policy that does not learn, so that both runs choose the same endpoints',
      'round-robin',
    )
    .option('--duration <seconds>', 'of each run', '20')
    .option('--rate <n>', 'requests per second', '8')
    .option('--json', 'print results as JSON', false)
    .parse(),
);
const progress = new Progress();
const scenarioFile = resolve(args[0] ?? 'test/scenarios/pair.yaml');

const run = async (shaper: 'netem' | 'relay', folder: string): Promise<readonly Event[]> => {
  const scenario = readScenario(scenarioFile, { durationS: Number(opts.duration), ratePerS: Number(opts.rate) });
  mkdirSync(folder);
  let over: Extract<LoadLine, { kind: 'over' }> | null = null;
  const topology = new NamespaceTopology({
    scenario,
    scenarioFile,
    policy: opts.policy as string,
    shaper,
    folder,
    onLine: (text) => {
      const line = text.startsWith('{') ? (JSON.parse(text) as LoadLine) : null;
      if (line?.kind === 'over') over = line;
      else if (line?.kind === 'waiting') progress.show(shaper, null, `waiting for ${line.names.join(', ')}`);
      else if (line?.kind === 'progress') progress.show(shaper, null, `${line.progress.ended} requests ended`);
      else progress.say(`${shaper}: ${text}`);
    },
  });
  try {
    topology.start();
    await topology.load(['--lines', '--duration', `${opts.duration}s`, '--rate', String(opts.rate)]);
  } finally {
    await topology.close();
  }
  progress.clear();
  if (over === null) throw new Error('the load did not report its end');
  const { logs } = over as Extract<LoadLine, { kind: 'over' }>;
  return [...standingLogs(logs, [...standingParts(scenario).map(({ name }) => name), 'load'], null)];
};

const folder = mkdtempSync(join(tmpdir(), 'starlane-parity-'));
try {
  const relay = await run('relay', join(folder, 'relay'));
  const netem = await run('netem', join(folder, 'netem'));
  const comparison = compareRuns(relay, netem);
  const faults = [...relay, ...netem].flatMap((event) =>
    event.kind === 'fault' ? [`${event.part} ${event.reason}`] : [],
  );
  if (opts.json) process.stdout.write(`${JSON.stringify({ ...comparison, faults }, null, 2)}\n`);
  else {
    const ms = ({ p50, p99 }: Difference['first']): string => `p50 ${p50.toFixed(2)} p99 ${p99.toFixed(2)}`;
    const text = (place: 'outside' | 'inside', difference: Difference): string =>
      `${place} outages: ${difference.pairs} requests, TTFT over relay ${ms(difference.first)}, over netem ${ms(difference.second)} ms: ` +
      `${isWithinBar(difference, place) ? 'within' : 'NOT within'} the bar; ` +
      `request by request netem minus relay p1 ${difference.p01.toFixed(2)} ${ms(difference)} ms`;
    process.stdout.write(`${text('outside', comparison.outside)}\n${text('inside', comparison.inside)}\n`);
    process.stdout.write(
      `not compared: ${comparison.unpaired}\n${faults.map((fault) => `fault: ${fault}\n`).join('')}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
