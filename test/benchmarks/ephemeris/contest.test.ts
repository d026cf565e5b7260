import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bestRivalRows, RIVALS, termRows, variants } from '../../../benchmarks/ephemeris/contest.ts';
import { contestText } from '../../../benchmarks/ephemeris/contest-text.ts';
import type { RunResult } from '../../../report/summary-schema.ts';
import { ScenarioSource } from '../../../scenario/io/scenario-file.ts';
import { checkPolicy } from '../../../scenario/meant-policy.ts';

const scenarioFile = (name: string): string =>
  fileURLToPath(new URL(`../../../benchmarks/ephemeris/scenarios/${name}.yaml`, import.meta.url));

test.each(['pacific', 'cut', 'capacity', 'laser', 'slow'])('the scenario %s takes every variant and rival', (name) => {
  const set = [`router.variants=${JSON.stringify(variants())}`];
  const { router } = new ScenarioSource(scenarioFile(name)).scenario({ set });
  for (const policy of [...RIVALS, ...Object.keys(variants())]) checkPolicy(router, policy, { simulated: true });
});

/** A run with these figures alone. */
const runOf = (variant: string, seed: number, of: { ttft: number | null; e2e: number; attained: number }): RunResult =>
  ({
    key: { variant, seed },
    partial: false,
    figures: { ttftMs: { p99: of.ttft }, e2eMs: { p99: of.e2e }, attainment: of.attained },
  }) as unknown as RunResult;

const runs = [1, 2, 3].flatMap((seed) => [
  ...RIVALS.map((rival) => runOf(rival, seed, { ttft: 900, e2e: 9000, attained: 0.8 })),
  ...Object.keys(variants()).map((variant) => runOf(variant, seed, { ttft: 300 + seed, e2e: 2000, attained: 0.95 })),
]);

test('the rival of each objective is the best by its metric, and none whose figure is not known', () => {
  const others = runs.filter(({ key }) => !['gorgo', 'c3', 'prequal'].includes(key.variant));
  const rows = bestRivalRows('x', [
    ...others,
    ...[1, 2, 3].flatMap((seed) => [
      runOf('gorgo', seed, { ttft: 400 + seed, e2e: 9000, attained: 0.7 }),
      runOf('c3', seed, { ttft: seed === 2 ? null : 10, e2e: 5000, attained: 0.7 }),
      runOf('prequal', seed, { ttft: 900, e2e: 9000, attained: 0.9 }),
    ]),
  ]);
  expect(rows.map(({ against }) => against)).toEqual(['gorgo', 'c3', 'prequal']);
  expect(rows[0]).toMatchObject({ own: '302 ms', other: '402 ms', difference: { mean: -100 } });
  expect(rows[2]!.ratio).toBeCloseTo(0.5); // 5 % are missed, and 10 %
});

test('the page has a line for each objective, and for each of its terms', () => {
  const text = contestText({
    rivals: bestRivalRows('x', runs),
    terms: termRows('x', runs),
    conditions: 'a machine',
    repeat: 3,
  });
  expect(text.match(/^\| x \|/gm)).toHaveLength(3 + 7);
  expect(text).toContain('| x | e2e | 2000 ms | neighbours | 2000 ms | 1.00 |');
});
