import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { KeptTrials } from '../../../../hosts/study/tune/io/kept-trials.ts';
import { SimulatedTrials } from '../../../../hosts/study/tune/io/simulated-trials.ts';
import { readScenario } from '../../../../scenario/io/scenario-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RESULT = { metrics: { 'ttft.p99': 12.5, 'e2e.p99': null }, valid: true };

test('a simulation that was kept is found again, one whose line was cut off is not, and the next line is whole', () => {
  const out = join(folder, 'lines');
  const first = new KeptTrials(out, 'abc');
  const [whole, torn, next] = ['a', 'b', 'c'].map((name) => first.keyOf([name]));
  first.save(whole!, RESULT);
  appendFileSync(join(out, 'trials.jsonl'), `{"key":"${torn}","metr`);
  const second = new KeptTrials(out, 'abc');
  expect([second.load(whole!), second.load(torn!)]).toEqual([RESULT, null]);
  second.save(next!, RESULT);
  expect(new KeptTrials(out, 'abc').load(next!)).toEqual(RESULT);
  // Of other code nothing is taken, and of code that nobody knows nothing at all.
  const other = new KeptTrials(out, 'abd');
  expect(other.load(other.keyOf(['a']))).toBeNull();
  expect(new KeptTrials(out, null).load(whole!)).toBeNull();
});

test('each simulation has the router that was asked for, and is simulated once', async () => {
  const base = readScenario('test/scenarios/pair.yaml', { durationS: 6 });
  const wide = readScenario('test/scenarios/pair.yaml', {
    durationS: 6,
    set: ['router.policies.ring-hash.loadFactor=none'],
  });
  const means = { workers: 1, workerModule: '', commit: null, signal: new AbortController().signal };
  const kept = new KeptTrials(join(folder, 'routers'), 'abc');
  const made = () => new SimulatedTrials({ scenario: base, overrides: {}, policy: 'ring-hash' }, means, kept);
  const trials = [base, wide].flatMap(({ router }) => [base.seed, 99].map((seed) => ({ router, seed })));
  const first = made();
  const results = (await first.resultsOf(trials, () => {}))!;
  // The same as scenarios of their own.
  const alone = new SimulatedTrials(
    { scenario: wide, overrides: {}, policy: 'ring-hash' },
    means,
    new KeptTrials(join(folder, 'alone'), 'abc'),
  );
  expect(await alone.resultsOf([{ router: wide.router, seed: 99 }], () => {})).toEqual([results[3]]);
  expect(results[3]).not.toEqual(results[1]);
  const again = made();
  expect(await again.resultsOf(trials, () => {})).toEqual(results);
  expect([first.taken, again.taken]).toEqual([0, 4]);
});

test('what is stopped gives nothing, and keeps what was done', async () => {
  const scenario = readScenario('test/scenarios/pair.yaml', { durationS: 6 });
  const stopping = new AbortController();
  const means = { workers: 1, workerModule: '', commit: null, signal: stopping.signal };
  const kept = new KeptTrials(join(folder, 'stopped'), 'abc');
  const trials = new SimulatedTrials({ scenario, overrides: {}, policy: 'random' }, means, kept);
  const of = [1, 2, 3].map((seed) => ({ router: scenario.router, seed }));
  await trials.resultsOf(of.slice(0, 1), () => {});
  stopping.abort();
  expect(await trials.resultsOf(of, () => {})).toBeNull();
  expect(await trials.resultsOf(of.slice(0, 1), () => {})).toHaveLength(1);
});
