import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { Progress } from '../../core/process/io/progress.ts';
import { textTable } from '../../report/text-table.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { type Experiment, meanPoint, type Point, Points } from './experiment.ts';
import { experimentSvg } from './experiment-svg.ts';
import { EXPERIMENTS } from './experiments/registry.ts';
import { pointPlan, simulatedPoint } from './io/simulated-point.ts';

/*
 * The experiments of the papers that our policies come from, in virtual time: `npm run bench:policies`, or with the names of some of them.
 * Prints what each policy did and whether it did what its paper says, writes a picture of each experiment, and ends with 1 where a claim
 * does not hold.
 */
const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return value;
};

const command = benchmarkCommand('bench:policies')
  .argument('[names...]', `of ${EXPERIMENTS.map(({ name }) => name).join(', ')}`)
  .option('--seeds <n>', 'runs of each point', whole, 2)
  .option('--out <dir>', 'where the pictures and results.json go', 'results/policies')
  .parse();
const { seeds, out } = command.opts<{ seeds: number; out: string }>();
const unknown = command.args.find((name) => !EXPERIMENTS.some((each) => each.name === name));
if (unknown !== undefined)
  command.error(
    `bench:policies: ${unknown} is no experiment; expected one of ${EXPERIMENTS.map(({ name }) => name).join(', ')}`,
    { exitCode: 2 },
  );
const wanted = EXPERIMENTS.filter(({ name }) => command.args.length === 0 || command.args.includes(name));

const TITLE = `# What policies do in the experiments of their papers\n\nWritten by \`npm run bench:policies -- --seeds ${seeds}\`: do not edit it.`;

const progress = new Progress();
mkdirSync(out, { recursive: true });

const pointsOf = async ({ name, policies, varied, scenario }: Experiment): Promise<Points> => {
  const points: Point[] = [];
  for (const [index, x] of varied.values.entries()) {
    const plans = Array.from({ length: seeds }, (_, seed) => pointPlan(scenario(x), seed + 1));
    for (const [nth, policy] of policies.entries()) {
      progress.show(name, (index + nth / policies.length) / varied.values.length, `${policy} at ${x}`);
      await new Promise(setImmediate);
      points.push(meanPoint(plans.map((plan) => simulatedPoint(plan, policy, x))));
    }
  }
  return new Points(points);
};

const linesOf = (
  { name, question, source, policies, varied, shown, claims }: Experiment,
  points: Points,
): readonly string[] => [
  `## ${name}: ${question}`,
  '',
  `After ${source}. ${shown.label}, by ${varied.label}:`,
  '',
  '```',
  ...textTable(
    [{ title: 'policy', align: 'left' }, ...varied.values.map((x) => ({ title: String(x), align: 'right' }) as const)],
    policies.map((policy) => [policy, ...varied.values.map((x) => figure(shown.of(points.at(policy, x))))]),
  ),
  '```',
  '',
  ...claims.map(({ text, holds }) => `- ${holds(points) ? 'holds' : 'FAILS'}: ${text}`),
  '',
];

const figure = (value: number): string => {
  if (!Number.isFinite(value)) return 'none';
  return value >= 10 ? value.toFixed(0) : value.toFixed(3);
};

const results: object[] = [];
const texts: string[] = [];
let failed = 0;
for (const experiment of wanted) {
  const points = await pointsOf(experiment);
  progress.clear();
  const lines = linesOf(experiment, points);
  process.stdout.write(`${lines.join('\n')}\n`);
  texts.push(...lines, `![${experiment.name}](${experiment.name}.svg)`, '');
  writeFileSync(join(out, `${experiment.name}.svg`), experimentSvg(experiment, points));
  const claims = experiment.claims.map(({ text, holds }) => ({ text, holds: holds(points) }));
  failed += claims.filter(({ holds }) => !holds).length;
  results.push({ experiment: experiment.name, seeds, points: points.all, claims });
}
writeFileSync(join(out, 'results.md'), `${[TITLE, '', ...texts].join('\n')}`);
writeFileSync(join(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
process.stdout.write(
  `Pictures, results.md and results.json: ${out}. ${failed === 0 ? 'Every claim holds.' : `${failed} claims do not hold.`}\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
