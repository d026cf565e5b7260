import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { resolvedScenario } from '../../scenario/resolved-scenario.ts';
import { starlane } from './starlane-process.ts';

const PAIR = 'test/scenarios/pair.yaml';
const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const composed = async (file: string, set: readonly string[]) => {
  const out = join(folder, 'docker-compose.yml');
  const args = set.flatMap((each) => ['--set', each]);
  const { code, err } = await starlane('compose', file, ...args, '--out', out);
  return { code, err, text: code === 0 ? readFileSync(out, 'utf8') : '' };
};

const mountedIn = (text: string): readonly string[] =>
  [...text.matchAll(/^ {2}(?:scenario|file-\d+): \{ file: "?([^" ]+)"? \}$/gm)].map(([, path]) => path!);

describe('a value that is set for containers', () => {
  test('is in the scenario that they are given, and the result is that of the same value in memory', async () => {
    const set = ['load.ratePerS=3', 'network.fibre.stretch=2'];
    const { code, text } = await composed(PAIR, set);
    expect(code).toBe(0);
    expect(mountedIn(text)).toEqual(['./scenario.resolved.yaml']);
    const told = readScenario(join(folder, 'scenario.resolved.yaml'));
    expect([told.load.ratePerS, told.network.fibre.stretch]).toEqual([3, 2]);
    expect(resolvedScenario(told).hash).toBe(resolvedScenario(readScenario(PAIR, { set })).hash);
    expect(text).toContain(told.hash); // parts compare it with what they read
  });

  test('takes the files of the scenario with it', async () => {
    const file = join(folder, 'recorded.yaml');
    writeFileSync(join(folder, 'ping.csv'), 'timestamp,rtt\n1700000000,90\n1700000001,91\n');
    const access = 'access: { kind: starlink, pop: lagos }';
    const text = readFileSync(PAIR, 'utf8').replace(access, 'access: { kind: trace, file: ping.csv }');
    writeFileSync(file, text);
    const composition = await composed(file, ['load.ratePerS=3']);
    expect(composition.err).toBe('');
    expect(mountedIn(composition.text)).toEqual(['./scenario.resolved.yaml', './trace-1.csv']);
    expect(readScenario(join(folder, 'scenario.resolved.yaml')).load.ratePerS).toBe(3);
  });

  test('that is wrong is told before any file is written', async () => {
    const { code, err } = await composed(PAIR, ['load.ratePerS=fast']);
    expect([code, err.split('\n')[0]]).toEqual([
      2,
      expect.stringContaining('--set load.ratePerS=fast: load.ratePerS is "fast"'),
    ]);
  });
});

test('without a value the containers are given the file itself', async () => {
  const { text } = await composed(PAIR, []);
  expect(mountedIn(text)[0]).toMatch(/test\/scenarios\/pair\.yaml$/);
});
