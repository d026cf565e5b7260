import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError } from 'commander';
import { Progress } from '../../core/process/io/progress.ts';
import { commitOf } from '../../report/io/commit.ts';
import { machineName } from '../../report/io/machine-name.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { stalenessPlan, stalenessRun, sustainedPerS } from './io/staleness-run.ts';
import { AGES_MS, CONTROL, STALE_POLICIES, stalenessScenario, UTILISATIONS, WARM_UP_S } from './staleness-case.ts';
import { failureText, stalenessTables } from './staleness-page.ts';
import { meanFigures, type StalenessPoint, StalenessPoints } from './staleness-point.ts';
import { stalenessSvg } from './staleness-svg.ts';

/*
 * Where predictions fail: how far they are from what comes, by the utilisation of the nodes and the age of what the router knows of them, and the tail
 * that follows: `npm run bench:staleness`, in virtual time.
 */
const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1000)
    throw new InvalidArgumentError('Expected a whole number from 1 to 1000.');
  return value;
};

const seconds = (text: string): number => {
  const value = whole(text);
  if (value <= WARM_UP_S) throw new InvalidArgumentError(`Expected more than the warm-up of ${WARM_UP_S} s.`);
  return value;
};

const { repeat, duration, out } = benchmarkCommand('bench:staleness')
  .option('-n, --repeat <n>', 'seeds', whole, 10)
  .option('--duration <s>', 'seconds of each run', seconds, 80)
  .option('--out <dir>', 'where the page and the pictures go', fileURLToPath(new URL('results', import.meta.url)))
  .parse()
  .opts<{ repeat: number; duration: number; out: string }>();

const sustained = sustainedPerS(stalenessPlan(stalenessScenario({ ratePerS: 20, ageMs: null, durationS: 120 }), 1));
const progress = new Progress();
const points: StalenessPoint[] = [];
const ages: readonly (number | null)[] = [...AGES_MS, null];
for (const [row, utilisation] of UTILISATIONS.entries()) {
  const ratePerS = utilisation * sustained;
  for (const [column, ageMs] of ages.entries()) {
    const scenario = stalenessScenario({ ratePerS, ageMs, durationS: duration });
    const plans = Array.from({ length: repeat }, (_, seed) => stalenessPlan(scenario, seed + 1));
    const policies = ageMs === null ? [...STALE_POLICIES, CONTROL] : STALE_POLICIES;
    for (const policy of policies) {
      const share = (row + column / ages.length) / UTILISATIONS.length;
      progress.show('staleness', share, `${policy} at ${utilisation}, ${ageMs ?? 'usual'} ms`);
      await new Promise(setImmediate);
      const figures = meanFigures(plans.map((plan) => stalenessRun(plan, policy)));
      points.push({ policy, utilisation, ageMs, figures });
    }
  }
}
progress.clear();

const all = new StalenessPoints(points);
const grid = { utilisations: UTILISATIONS, agesMs: ages };
const predicting = STALE_POLICIES.slice(0, 2);
const conditions = `${machineName()}; ${new Date().toISOString().slice(0, 10)}; commit ${commitOf() ?? 'unknown'}`;
const failures = predicting.map((policy) => failureText(policy, all, { utilisations: UTILISATIONS, agesMs: AGES_MS }));
mkdirSync(out, { recursive: true });
writeFileSync(
  join(out, 'results.md'),
  [
    '# Where predictions fail, by utilisation and age',
    '',
    `Written by \`npm run bench:staleness -- -n ${repeat} --duration ${duration}\`: do not edit it. Three h100-llama8b and three l40s-llama8b, which sustain ${sustained.toFixed(0)} requests a second together; a row is the`,
    'share of that which is offered. Nodes report each 100 ms, out of band alone, and a report counts as much later as the column says; the last column has reports with',
    `answers, as usual. Errors are predicted minus realised time from the choice to the first token; skill is 1 - mean error / mean error of who always says the median of the`,
    `endpoint. Means over ${repeat} seeds of ${duration - WARM_UP_S} s after a warm-up. \`ephemeris\` has the objective ttft; \`llm-d\` and \`orca-weighted\` rank and predict no time. \`${CONTROL}\` hears no reports.`,
    '',
    `_${conditions}_`,
    '',
    ...failures.flatMap((text) => [text, '']),
    '![Errors of predictions](errors.svg)',
    '',
    '![The tail that follows](tails.svg)',
    '',
    ...STALE_POLICIES.flatMap((policy) => [
      `## ${policy}`,
      '',
      ...stalenessTables(policy, all, { ...grid, predicts: predicting.includes(policy) }),
    ]),
    `## ${CONTROL}`,
    '',
    ...stalenessTables(CONTROL, all, { utilisations: UTILISATIONS, agesMs: [null], predicts: false }),
  ].join('\n'),
);
const axes = { utilisations: UTILISATIONS, agesMs: AGES_MS };
const errors = {
  title: 'Error of predicted TTFT, p90, ms, by utilisation',
  of: (each: StalenessPoint['figures']) => each.errorP90Ms,
};
const tails = { title: 'TTFT p99, ms, by utilisation', of: (each: StalenessPoint['figures']) => each.ttftP99Ms };
writeFileSync(join(out, 'errors.svg'), stalenessSvg(errors, predicting, all, axes));
writeFileSync(join(out, 'tails.svg'), stalenessSvg(tails, STALE_POLICIES, all, axes));
process.stdout.write(`${failures.join('\n')}\n${out}: results.md, errors.svg, tails.svg\n`);
