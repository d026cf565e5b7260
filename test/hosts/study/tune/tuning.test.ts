import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { KeptTrials } from '../../../../hosts/study/tune/io/kept-trials.ts';
import { Tuning } from '../../../../hosts/study/tune/io/tuning.ts';
import { metricNamed } from '../../../../report/metric.ts';
import { ScenarioSource } from '../../../../scenario/io/scenario-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Any endpoint at random: the salt only says which luck it has.
writeFileSync(
  join(folder, 'salted.ts'),
  `export const schema = (z) => z.strictObject({ salt: z.int().min(0).max(1000).default(0) });
export const create = ({ salt }, { pickOf, noEndpoint }) => ({
  name: 'salted',
  pick: ({ id }, { candidates, candidateCount }, _nowMs, rng) => {
    if (candidateCount === 0) return noEndpoint;
    const drawn = Math.floor(rng.next() * 1e6);
    return pickOf(candidates[Math.floor(Math.abs(Math.sin(drawn + 7919 * salt + id)) * 1e4) % candidateCount]);
  },
});
`,
);
const path = join(folder, 'null.yaml');
writeFileSync(
  path,
  readFileSync('test/scenarios/pair.yaml', 'utf8').replace(
    'router: { site: london }',
    'router: { site: london, variants: { salted: { use: ./salted.ts } } }',
  ),
);

test('no gain is claimed of a parameter that only changes the luck of a policy', { timeout: 240_000 }, async () => {
  const source = new ScenarioSource(path);
  const verdicts: unknown[] = [];
  for (let seed = 1; seed <= SCENARIOS; seed++) {
    const tuning = new Tuning({
      ...{ source, overrides: { seed }, policy: 'salted', metric: metricNamed('ttft.mean', ''), budget: 40, seeds: 3 },
      ...{ heldOutSeeds: 10, holdOut: [], ranges: [], only: [] },
    });
    const means = { workers: 1, workerModule: '', commit: null, signal: new AbortController().signal };
    const { verdict, searched } = await tuning.run(means, new KeptTrials(join(folder, `${seed}`), null), () => {});
    expect(searched.tried.some(({ values }) => values[0] !== searched.usual.values[0])).toBe(true);
    verdicts.push(verdict);
  }
  expect(verdicts).toContain('overfit');
  // How many there are in the long run is tested on synthetic worlds (`search.test.ts`): here one of them is chance enough.
  expect(verdicts.filter((verdict) => verdict === 'tuned').length).toBeLessThanOrEqual(1);
});

const SCENARIOS = 10;
