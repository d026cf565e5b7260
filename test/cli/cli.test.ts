import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../report/summary-schema.ts';
import { StarlaneProcess, starlane } from './starlane-process.ts';

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
      /big\.yaml is 10\.0 million characters long, must be at most 1 million: long lists, as of elements, go into a file that it names$/,
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
    [
      'a folder for results below /proc',
      () => ['simulate', 'scenarios/atlantic.yaml', '--duration', '3s', '--out', '/proc/none/results'],
      /--out is "\/proc\/none\/results", where nothing can be written/,
    ],
    [
      'a folder for results that is a file',
      () => ['run', 'scenarios/atlantic.yaml', '--out', 'package.json'],
      /--out is "package\.json", where nothing can be written: it is a file$/,
    ],
    [
      'a folder for links that is a file',
      () => ['links', 'scenarios/atlantic.yaml', '--duration', '1s', '--export', 'package.json'],
      /--export is "package\.json", where nothing can be written: it is a file$/,
    ],
    [
      'a plot in a folder that is not there',
      () => ['paths', '--from', 'London', '--to', 'Paris', '--plot', 'none/x.svg'],
      /--plot is "none\/x\.svg", where nothing can be written: there is no such folder$/,
    ],
    [
      'a plot of an engine in place of a folder',
      () => ['engine', '--profile', 'h100-llama8b', '--requests', 'none', '--plot', 'test'],
      /--plot is "test", where nothing can be written: it is a folder$/,
    ],
    [
      'a compose file in a folder that is not there',
      () => ['compose', 'scenarios/atlantic.yaml', '--out', 'none/x.yml'],
      /--out is "none\/x\.yml", where nothing can be written/,
    ],
    [
      'a schema in place of a folder',
      () => ['schema', '--out', 'test'],
      /--out is "test", where nothing can be written/,
    ],
    [
      'a port that is none',
      () => ['run', 'scenarios/atlantic.yaml', '--port', '70000'],
      /argument '70000' is invalid\. Expected a whole number from 0 to 65535\.$/,
    ],
    ['a file with a line end in its name', () => ['validate', 'a\nb.yaml'], /a\\u000ab\.yaml does not exist/],
    [
      'aliases without an end',
      () => ['validate', file('bomb.yaml', 'a: &a [*a]\n')],
      /bomb\.yaml:1:8: is \*a inside of &a, which is a cycle$/,
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
    const args = [
      'simulate',
      'scenarios/atlantic.yaml',
      '--policy',
      'round-robin,ephemeris',
      '--duration',
      '20s',
      '--events',
    ];
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
      schema: 4,
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

  test('Ctrl-C, or SIGTERM, while simulate computes paths ends it at once with 130 and one line', async () => {
    // A day of paths takes minutes.
    const args = ['simulate', 'scenarios/atlantic.yaml', '--duration', '24h', '--rate', '0.01'];
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const running = new StarlaneProcess(...args, '--out', join(folder, signal));
      while (!existsSync(join(folder, signal, 'scenario.resolved.yaml')))
        await new Promise((next) => setTimeout(next, 50));
      await new Promise((next) => setTimeout(next, 700)); // amid the paths
      const startMs = performance.now();
      running.signal(signal);
      const { code, err } = await running.ended;
      expect(code).toBe(130);
      expect(err).toBe('starlane: stopped before anything was simulated\n');
      expect(performance.now() - startMs).toBeLessThan(5000);
    }
  });

  test('validate, and a simulation before it starts, name the paths that are never up', async () => {
    const north = readFileSync('test/scenarios/pair.yaml', 'utf8').replace('latDeg: 51.5074', 'latDeg: 64');
    const line = 'path ashburn/laser is never up in this run: site london at 64 degrees north sees no satellite';
    const path = file('north.yaml', north);
    expect((await starlane('validate', path)).out).toContain(line);
    const simulated = await starlane('simulate', path, '--policy', 'random', '--out', join(folder, 'north'));
    expect(simulated.err).toContain(`starlane: ${line}`);
  });

  test('a scenario with merge keys is read, and a mistake in one is reported at its own place', async () => {
    const pair = readFileSync('test/scenarios/pair.yaml', 'utf8');
    const merged = pair
      .replace(
        'ashburn: { site: ashburn, media: [fibre, laser]',
        'ashburn: &base { site: ashburn, media: [fibre, laser]',
      )
      .replace(/ {2}frankfurt: { site: frankfurt.*/, '  frankfurt: { <<: *base, site: frankfurt, media: [fibre] }');
    expect((await starlane('validate', file('merge.yaml', merged))).out).toContain('2 nodes, 3 endpoints');
    const wrong = file('wrong.yaml', merged.replace('profile: h100-llama8b }', 'profile: h100-llama9b }'));
    expect((await starlane('validate', wrong)).err).toMatch(
      /wrong\.yaml:23:\d+: nodes\.ashburn\.profile is "h100-llama9b"/,
    );
  });
});
