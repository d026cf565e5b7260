import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { starlane } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-paths-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const golden = (name: string): string[][] =>
  readFileSync(`test/golden/hypatia-kuiper-630/${name}`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));

interface Line {
  readonly tMs: number;
  readonly rttNs: number | null;
  readonly hops: readonly number[];
}

const linesOf = (out: string): readonly Line[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

const MANILA_DALIAN = ['--constellation', 'kuiper-k1', '--from', '14.6042,120.9822', '--to', '38.913811,121.602322'];

// The first set of Vallado's verification of SGP4.
const VANGUARD = `VANGUARD 1
1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753
2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667
`;

describe('starlane paths', () => {
  test('in parity mode prints the paths and round trips of Hypatia, switches of the path included', async () => {
    const args = ['--mode', 'parity', '--start', '70', '--duration', '60', '--step', '100', '--json'];
    const { code, out, err } = await starlane('paths', ...MANILA_DALIAN, ...args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = linesOf(out);
    expect(lines).toHaveLength(600);
    const rtts = golden('networkx_rtt_1173_to_1241.txt');
    const paths = golden('networkx_path_1173_to_1241.txt');
    for (const { tMs, rttNs, hops } of lines) {
      const [ns, goldenNs] = rtts[tMs / 100]!;
      expect(Number(ns)).toBe(tMs * 1e6);
      const path = paths.findLast(([fromNs]) => Number(fromNs) <= Number(ns))![1];
      expect(['1173', ...hops, '1241'].join('-')).toBe(path);
      expect(Math.abs(rttNs! - Number(goldenNs))).toBeLessThan(600);
    }
    expect(new Set(lines.map(({ hops }) => hops.join())).size).toBe(4);
  });

  test('prints a table, a plot and a summary beside fibre, and draws what was asked for', async () => {
    const [plot, map] = [join(folder, 'rtt.svg'), join(folder, 'map.svg')];
    const { code, out, err } = await starlane(
      ...['paths', '--from', 'New York', '--to', 'london, gb', '--duration', '2m', '--plot', plot, '--map', map],
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^New York City, US – London, GB\nstarlink-s1, laser, shortest paths; 5570 km/);
    expect(out).toContain('80 more steps');
    expect(out).toMatch(/^laser +4[23]\.\d+ /m);
    expect(out).toMatch(/^fibre +76\.\d+ /m);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThan(110);
    for (const path of [plot, map]) expect(readFileSync(path, 'utf8')).toMatch(/^<svg [^>]+>.*<\/svg>\n$/s);
  });

  test('over fibre and without a path prints only JSON that says so', async () => {
    const common = ['paths', '--from', '0,0', '--to', '0,90', '--duration', '2', '--json'];
    const [fibre, bentPipe] = await Promise.all(
      ['fibre', 'bent-pipe'].map(async (medium) => linesOf((await starlane(...common, '--medium', medium)).out)),
    );
    expect(fibre!.map(({ hops }) => hops)).toEqual([[], []]);
    expect(fibre![0]!.rttNs! / 1e6).toBeCloseTo(137.2, 0);
    expect(bentPipe).toEqual([
      { tMs: 0, rttNs: null, hops: [] },
      { tMs: 1000, rttNs: null, hops: [] },
    ]);
  });

  test('crosses a continent without lasers over gateways, in both modes, and lists satellites alone', async () => {
    const common = ['paths', '--from', 'New York', '--to', 'Los Angeles', '--medium', 'bent-pipe', '--duration', '2'];
    for (const mode of ['physical', 'parity']) {
      for (const { rttNs, hops } of linesOf((await starlane(...common, '--mode', mode, '--json')).out)) {
        expect(hops.length).toBeGreaterThan(1);
        expect(rttNs! / 1e6).toBeGreaterThan(26.2); // light over the great circle and back
      }
    }
  });

  test('takes two-line elements and YAML, each at its own epoch', async () => {
    const tle = file('vanguard.tle', VANGUARD);
    const yaml = file(
      'one.yaml',
      'shells: [{ altitudeKm: 550, inclinationDeg: 53, planes: 72, satellitesPerPlane: 22 }]',
    );
    const places = ['--from', 'Oslo', '--to', 'Berlin', '--duration', '2'];
    const [elements, shell] = await Promise.all([
      starlane('paths', '-c', tle, '--medium', 'bent-pipe', ...places),
      starlane('paths', '-c', yaml, '--phasing', '3', ...places),
    ]);
    expect(elements.out).toContain('from 2000-06-27T18:50:20Z');
    expect(shell.out).toContain('from 2026-01-01T00:00:00Z');
    expect(shell.out).not.toContain('no path');
  });

  test('stops silently when the reader is gone', async () => {
    const { execFileSync } = await import('node:child_process');
    const command = `'${process.execPath}' cli/main.ts paths ${MANILA_DALIAN.join(' ')} --duration 24h --json | head -n 2`;
    const out = execFileSync('sh', ['-c', `${command} 2>'${join(folder, 'err')}'`], { encoding: 'utf8' });
    expect(linesOf(out)).toHaveLength(2);
    expect(readFileSync(join(folder, 'err'), 'utf8')).toBe('');
  });

  test.each([
    [
      'an unknown city',
      ['--from', 'Lodnon', '--to', 'Paris'],
      /--from is "Lodnon", which is no known city; did you mean "/,
    ],
    [
      'a latitude out of range',
      ['--from', '91,0', '--to', 'Paris'],
      /--from is "91,0": its latitude is 91, expected -90/,
    ],
    [
      'no constellation',
      ['-c', 'kuipr', '--from', '0,0', '--to', '1,1'],
      /kuipr does not exist, expected one of starlink-s1/,
    ],
    [
      'parity of OneWeb',
      ['-c', 'oneweb', '--mode', 'parity', '--from', '0,0', '--to', '1,1'],
      /--mode is parity, but Hypatia has no/,
    ],
    [
      'phasing in parity',
      [...MANILA_DALIAN, '--mode', 'parity', '--phasing', '1'],
      /--phasing has no meaning in parity/,
    ],
    ['held in parity', [...MANILA_DALIAN, '--mode', 'parity', '--choice', 'held'], /--choice is held, but parity/],
    ['too many steps', [...MANILA_DALIAN, '--duration', '24h', '--step', '1'], /--step is 1 ms: 86400000 steps/],
    ['an epoch that is none', [...MANILA_DALIAN, '--epoch', 'today'], /Expected an instant such as/],
    ['an unknown medium', [...MANILA_DALIAN, '--medium', 'pigeon'], /Allowed choices are laser, fibre, bent-pipe/],
    ['broken elements', ['-c', 'BROKEN', '--from', '0,0', '--to', '1,1'], /broken\.tle:2:1: .*checksum/],
  ])('answers %s in one line, with exit code 2', async (_, args, message) => {
    const broken = file('broken.tle', VANGUARD.replace('0  4753', '0  4754'));
    const { code, out, err } = await starlane('paths', ...args.map((arg) => (arg === 'BROKEN' ? broken : arg)));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).toMatch(/^starlane: .*\n$/);
  });

  test('does not leave a file behind where it cannot write, and says where', async () => {
    const plot = join(folder, 'none', 'rtt.svg');
    const { code, err } = await starlane('paths', ...MANILA_DALIAN, '--duration', '2', '--plot', plot, '--json');
    expect(code).toBe(2);
    expect(err).toMatch(/^starlane: --plot is ".*rtt\.svg", where nothing can be written: there is no such folder\n$/);
    expect(existsSync(plot)).toBe(false);
  });
});
