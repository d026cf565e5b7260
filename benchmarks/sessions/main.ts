import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { writeWhole } from '../../core/config/io/write-whole.ts';
import { Progress } from '../../core/process/io/progress.ts';
import { runPlan } from '../../hosts/run-plan.ts';
import { simulate } from '../../hosts/simulate/simulate.ts';
import { withTable } from '../suites/generated-tables.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { sessionRows } from './session-rows.ts';
import { type SessionSamples, SessionTally } from './session-samples.ts';

/*
 * What it brings to send the turns of a session to one node: `npm run bench:sessions`, in virtual time. It simulates the scenario under each
 * policy and seed, and writes the table of workload/README.md; the first policy is the one that the others are compared with.
 */
const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return value;
};

const { scenario, policies, repeat, set, write } = benchmarkCommand('bench:sessions')
  .option('--scenario <file>', 'what is simulated', 'scenarios/coding-agent.yaml')
  .option('--policies <a,b>', 'in the order of the table', (text) => text.split(','), [
    'random',
    'ring-hash',
    'llm-d',
    'ephemeris',
  ])
  .option('--repeat <n>', 'seeds', count, 10)
  .option(
    '--set <path=value>',
    'a value instead of the scenario’s',
    (text, before: readonly string[]) => [...before, text],
    [],
  )
  .option('--no-write', 'print the table only')
  .parse()
  .opts<{ scenario: string; policies: readonly string[]; repeat: number; set: readonly string[]; write: boolean }>();

const progress = new Progress();
const byClass = new Map<string, Map<string, SessionSamples[]>>();
for (let seed = 1; seed <= repeat; seed++) {
  const plan = runPlan({ file: scenario, policies, overrides: { seed, set }, simulated: true });
  for (const [index, policy] of policies.entries()) {
    const tally = new SessionTally(plan.scenario.warmUpS * 1000);
    const { topology, schedule } = plan;
    for (const nowMs of simulate({
      ...{ topology, schedule, policy },
      scenario: plan.scenario,
      emit: (event) => tally.add(event),
    })) {
      const share = (seed - 1 + (index + nowMs / 1000 / plan.scenario.durationS) / policies.length) / repeat;
      progress.show(`seed ${seed}`, share, policy);
      await new Promise(setImmediate);
    }
    for (const [name, samples] of tally.byClass) {
      const of = byClass.get(name) ?? new Map<string, SessionSamples[]>();
      byClass.set(name, of);
      of.set(policy, [...(of.get(policy) ?? []), samples]);
    }
  }
}
progress.clear();

const named = [...byClass].filter(([name]) => byClass.size === 1 || name !== '');
const table = [
  `\`npm run bench:sessions\`: ${scenario}, ${repeat} seeds; means over seeds, with intervals of 95 %.`,
  ...named.flatMap(([name, of]) => [
    '',
    ...(name === '' ? [] : [`Class \`${name}\`:`, '']),
    ...sessionRows(of, policies[0]!),
  ]),
].join('\n');
process.stdout.write(`${table}\n`);
const README = 'workload/README.md';
const readme = write ? withTable(readFileSync(README, 'utf8'), 'sessions', table) : null;
if (readme !== null) writeWhole(README, readme);
