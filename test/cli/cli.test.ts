import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../report/summary-schema.ts';
import { starlane } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('starlane', () => {
  test('--help names every command and the exit codes, and each command helps too', async () => {
    const { code, out } = await starlane('--help');
    expect(code).toBe(0);
    for (const word of ['validate', 'simulate', 'run', 'schema', 'Exit codes']) expect(out).toContain(word);
    const { code: runCode, out: runOut } = await starlane('run', '--help');
    expect(runCode).toBe(0);
    for (const option of ['--policy', '--seed', '--duration', '--rate', '--out', '--json', '--port']) {
      expect(runOut).toContain(option);
    }
  });

  test('validate says what a scenario resolves to', async () => {
    const { code, out } = await starlane('validate', 'scenarios/atlantic.yaml');
    expect(code).toBe(0);
    expect(out).toContain('atlantic is valid: 7 sites, 3 clients, 5 nodes, 8 endpoints');
  });

  test.each([
    ['an empty file', () => ['validate', file('empty.yaml', '')], /empty\.yaml:1:1: is empty$/],
    [
      'a file of 10 MB',
      () => ['validate', file('big.yaml', `name: ${'a'.repeat(10_000_000)}`)],
      /big\.yaml is 10\.0 million characters long, must be at most 1 million$/,
    ],
    ['a missing file', () => ['simulate', 'none.yaml'], /none\.yaml does not exist, expected a scenario$/],
    [
      'an unknown policy',
      () => ['run', 'scenarios/atlantic.yaml', '--policy', 'peak-ewna'],
      /--policy has "peak-ewna", which is no policy; did you mean "peak-ewma"\?$/,
    ],
    [
      'an oracle in a live run',
      () => ['run', 'scenarios/atlantic.yaml', '--policy', 'oracle'],
      /--policy is oracle, which knows what no live router can/,
    ],
    [
      'a duration that is none',
      () => ['simulate', 'scenarios/atlantic.yaml', '--duration', 'soon'],
      /Expected a time such as 90, 90s, 10m or 2h/,
    ],
    ['a rate of zero', () => ['simulate', 'scenarios/atlantic.yaml', '--rate', '0'], /Expected a number above 0/],
    ['an unknown option', () => ['simulate', 'scenarios/atlantic.yaml', '--sed', '3'], /unknown option '--sed'/],
  ])('answers %s in one line, with exit code 2', async (_, args, message) => {
    const { code, out, err } = await starlane(...args());
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err.trim().split('\n')[0]).toMatch(message);
    expect(err).toMatch(/^starlane: /);
    expect(err.trim().split('\n').length).toBeLessThanOrEqual(2); // commander may add a suggestion
  });

  test('I3: simulate twice with one seed gives byte-identical events, and another seed others', async () => {
    const args = ['simulate', 'scenarios/atlantic.yaml', '--policy', 'round-robin,ephemeris', '--duration', '20s'];
    const events = async (name: string, seed: string): Promise<Buffer> => {
      const out = join(folder, name);
      expect((await starlane(...args, '--seed', seed, '--out', out)).code).toBe(0);
      return readFileSync(join(out, 'events.jsonl'));
    };
    const [first, second, other] = await Promise.all([events('a', '7'), events('b', '7'), events('c', '8')]);
    expect(first.length).toBeGreaterThan(10_000);
    expect(first.equals(second)).toBe(true);
    expect(first.equals(other)).toBe(false);
  });

  test('simulate --json prints the summary it writes, silent otherwise when piped', async () => {
    const out = join(folder, 'json');
    const ended = await starlane(
      'simulate',
      'scenarios/atlantic.yaml',
      '--policy',
      'peak-ewma',
      '--duration',
      '10s',
      '--json',
      '--out',
      out,
    );
    expect(ended.err).toBe('');
    const printed = JSON.parse(ended.out);
    expect(printed).toEqual(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')));
    expect(printed).toMatchObject({
      schema: 2,
      scenario: { name: 'atlantic' },
      host: 'simulate',
      constellation: 'starlink-gen1, physical',
      valid: true,
    });
    expect(printed.runs.map(({ key }: RunResult) => [key.policy, key.overrides])).toEqual([
      ['peak-ewma', { durationS: 10 }],
    ]);
    expect(await starlane('validate', join(out, 'scenario.resolved.yaml'))).toMatchObject({ code: 0, err: '' });
  });
});
