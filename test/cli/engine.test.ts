import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ReplayReport } from '../../report/engine/replay-report.ts';
import { profiles } from '../../services/node/engine/profiles.ts';
import { starlane } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-engine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const REAL = 'test/golden/vllm-rtx4090/requests.jsonl';
const run = (...args: readonly string[]) => starlane('engine', ...args);
const json = (out: string): ReplayReport => JSON.parse(out) as ReplayReport;

const two = file(
  'two.jsonl',
  '{"input_toks":100,"output_toks":20,"arrival_time":1}\n{"input_toks":300,"output_toks":2,"arrival_time":0}\n',
);

const DERIVED = `
id: mine
derive: { parametersB: 8.03, layers: 32, hiddenSize: 4096, weightGB: 16.06, kvBytesPerToken: 131072, memoryGB: 80,
  bandwidthGBs: 2000, tflops: 400 }
`;

describe('starlane engine', () => {
  test('prints figures beside those of a real run, its profile with grade and source, and draws both', async () => {
    const plot = join(folder, 'replay.svg');
    const series = 'test/golden/vllm-rtx4090/timeseries.csv';
    const { code, out, err } = await run(
      '--profile',
      'rtx4090-llama8b',
      '--requests',
      REAL,
      '--series',
      series,
      '--plot',
      plot,
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^rtx4090-llama8b, grade A: Operator profiles/);
    for (const name of ['TTFT', 'TPOT', 'E2E']) {
      for (const figure of ['mean', 'p50', 'p90', 'p99']) {
        expect(out).toMatch(new RegExp(`^${name} ${figure} +[\\d.]+ +[\\d.]+ +[+-][0-2]\\.\\d\\d$`, 'm'));
      }
    }
    expect(out).toMatch(/Largest error of TTFT, TPOT and E2E: [0-2]\.\d\d %\n/);
    expect(readFileSync(plot, 'utf8')).toMatch(/^<svg [^>]+>.*<\/svg>\n$/s);
  });

  test('in JSON has the same again for the same seed, and no errors without measured times', async () => {
    const args = ['--profile', 'h100-llama8b', '--requests', two, '--json'];
    const [first, again] = await Promise.all([run(...args), run(...args)]);
    expect(first.out).toBe(again.out);
    const report = json(first.out);
    expect(report).toMatchObject({ requests: 2, refused: {}, measured: null, errorPercent: null });
    expect(report.simulated.arrivalTtft!.mean).toBeCloseTo(report.simulated.ttft!.mean + 2, 6);
  });

  test('reads a file that begins with a byte order mark', async () => {
    const marked = file('marked.jsonl', `\uFEFF${readFileSync(two, 'utf8')}`);
    expect((await run('--profile', 'h100-llama8b', '--requests', marked, '--json')).code).toBe(0);
  });

  test('takes a cache, devices and the limits of a server', async () => {
    const args = ['--profile', 'rtx4090-llama8b', '--requests', two, '--json'];
    const small = json((await run(...args, '--kv-tokens', '160', '--max-num-seqs', '7', '--no-async')).out);
    expect(small).toMatchObject({ refused: { 'too-long': 1 }, profile: { kvTokens: 160 } });
    expect(small.settings).toMatchObject({ maxNumSeqs: 7, asyncScheduling: false });
    const split = json((await run(...args, '--tp', '2')).out);
    expect(split.profile).toMatchObject({ grade: 'C', devices: 2, kvTokens: 205_344 });
    const twice = json((await run(...args, '--dp', '2')).out);
    expect(twice.profile).toMatchObject({ grade: 'A', devices: 2, replicas: 2, kvTokens: 41_408 });
  });

  test('takes a profile from a file: derived, or with all coefficients as "profiles --json" prints them', async () => {
    const derived = json((await run('--profile', file('mine.yaml', DERIVED), '--requests', two, '--json')).out);
    expect(derived.profile).toMatchObject({ id: 'mine', grade: 'C' });
    const { out } = await starlane('profiles', 'h100-llama8b', '--json');
    const written = json((await run('--profile', file('h100.json', out), '--requests', two, '--json')).out);
    const known = json((await run('--profile', 'h100-llama8b', '--requests', two, '--json')).out);
    expect(written).toEqual(known);
  });

  test.each([
    [
      'an unknown profile',
      ['--profile', 'h10-llama8b', '--requests', two],
      /--profile is "h10-llama8b".*"h100-llama8b"\?/,
    ],
    [
      'no such file',
      ['--profile', 'h100-llama8b', '--requests', 'none.jsonl'],
      /none\.jsonl does not exist, expected requests/,
    ],
    [
      'a bad line',
      ['--profile', 'h100-llama8b', '--requests', 'BAD'],
      /bad\.jsonl:2:1: output_toks is "x", expected a number/,
    ],
    [
      'a bad profile',
      ['--profile', 'PROFILE', '--requests', two],
      /bad\.yaml:4:\d+: derive\.gpus is not a known key; expected one of/,
    ],
    [
      'devices nobody can have',
      ['--profile', 'tpu-v6e-llama8b', '--requests', two, '--tp', '2'],
      /--tp is 2, but tpu-v6e/,
    ],
    [
      'more replicas of shared experts',
      ['--profile', 'rtxpro6000-qwen3-30b-a3b-dp2', '--requests', two, '--dp', '2'],
      /--dp is 2, but rtxpro6000-qwen3-30b-a3b-dp2 has experts/,
    ],
    [
      'no devices',
      ['--profile', 'h100-llama8b', '--requests', two, '--tp', '0'],
      /Expected a whole number from 1 to 64/,
    ],
    [
      'no cache',
      ['--profile', 'h100-llama8b', '--requests', two, '--kv-tokens', '15'],
      /Expected a whole number from 16/,
    ],
    [
      'watts in a wrong order',
      ['--profile', 'WATTS', '--requests', two],
      /watts\.json:\d+:\d+: power\.smallBatchW is 9000, expected at most maxW/,
    ],
    ['no profile', ['--requests', two], /required option '--profile/],
  ])('answers %s in one line, with exit code 2', async (_, args, message) => {
    const bad = file('bad.jsonl', `${readFileSync(two, 'utf8').split('\n')[0]}\n{"input_toks":1,"output_toks":"x"}\n`);
    const profile = file('bad.yaml', DERIVED.replace('tflops: 400', 'tflops: 400, gpus: 2'));
    const h100 = profiles.get('h100-llama8b')!;
    const watts = file('watts.json', JSON.stringify({ ...h100, power: { ...h100.power, smallBatchW: 9000 } }));
    const given = args.map((arg) => ({ BAD: bad, PROFILE: profile, WATTS: watts })[arg] ?? arg);
    const { code, out, err } = await run(...given);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).toMatch(/^starlane: .*\n$/);
  });

  test('leaves no file behind where it cannot write', async () => {
    const plot = join(folder, 'none', 'x.svg');
    const { code, err } = await run('--profile', 'h100-llama8b', '--requests', two, '--plot', plot);
    expect(code).toBe(2);
    expect(err).toMatch(/^starlane: --plot is ".*x\.svg", where nothing can be written: there is no such folder\n$/);
    expect(existsSync(plot)).toBe(false);
  });
});

describe('starlane profiles', () => {
  test('lists every profile with its grade, coefficients, watts and source', async () => {
    const { code, out } = await starlane('profiles');
    expect(code).toBe(0);
    expect(out).toMatch(/^rtx4090-llama8b +A +1\.48 +15\.3 +5\.68 +87\.6 +0\.153 +3\.72 +10\.2 +41408 +25\/300\/450$/m);
    expect(out).toMatch(/^tpu-v6e-llama8b +B .* -$/m);
    expect(out).toContain('    band 3 %; 2048 tokens and 256 sequences a step; the model takes 131072 tokens\n');
    expect(out).toContain('    twtok 32.2 us, tkvm 0.265 us, tdec 31 us, tpad 48.2 ns\n');
    expect(out).toContain('h100-llama8b (B): ML.ENERGY benchmark: inter-token latency 6.66 + 0.0758 B ms');
    expect(
      Math.max(
        ...out
          .split('\n')
          .slice(0, 14)
          .map((line) => line.length),
      ),
    ).toBeLessThan(120);
  });

  test('shows one, also of a file, and knows no others', async () => {
    const { out } = await starlane('profiles', file('one.yaml', DERIVED));
    expect(out).toMatch(/^mine +C /m);
    expect(out).toContain('mine (C): Derived');
    const { code, err } = await starlane('profiles', 'h10-llama8b');
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('starlane: profile is "h10-llama8b", which is no profile; did you mean "h100-llama8b"?'),
    ]);
  });
});
