import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { csvCells } from '../../core/text/csv-cells.ts';
import type { Summary } from '../../report/summary-schema.ts';

const PAIR = 'test/scenarios/pair.yaml';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A simulation that may write no file longer than `blocks` of 1024 bytes: to it, the disk is full there. */
const simulateOnFullDisk = (out: string, blocks: number, option = ''): Promise<Ended> => {
  const command = `ulimit -f ${blocks}; exec "${process.execPath}" cli/main.ts simulate test/scenarios/pair.yaml --policy random --duration 30s ${option} --out "${out}"`;
  return ended(command);
};

/** How a command of a shell ended; `err` without lines about its progress, which a busy machine has time for. */
const ended = (command: string): Promise<Ended> =>
  new Promise((resolve) =>
    execFile('bash', ['-c', command], (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err: err.replaceAll(/^\+\d+ s .*\n/gm, '') }),
    ),
  );

test('a result whose log is incomplete because of a full disk is not valid, and says so in every output', async () => {
  const out = join(folder, 'full');
  const full = await simulateOnFullDisk(out, 40, '--events');
  expect(statSync(join(out, 'events.jsonl')).size).toBe(40 * 1024);
  const { valid, runs } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
  expect([valid, runs[0]!.valid, runs[0]!.partial, full.code]).toEqual([false, false, true, 3]);
  expect(full.err).toBe(
    `starlane: cannot write ${join(out, 'events.jsonl')}: the file may not become longer here; the results are partial\n`,
  );
  const reasons = runs[0]!.invalidBecause.join('\n');
  expect(reasons).toMatch(/^the disk did not take up to \d+ events of the log$/m);
  expect(reasons).toMatch(/^interrupted after [\d.]+ s of 30 s: these figures are partial$/m);
  expect(full.out).toMatch(/^INVALID random: the disk did not take/m);
});

test('a simulation whose lines of requests the disk does not take keeps its figures, says so, and ends with 3', async () => {
  const out = join(folder, 'no-rows');
  const { code, err, out: printed } = await simulateOnFullDisk(out, 40, '--duration 60s');
  expect([code, err]).toEqual([
    3,
    `starlane: cannot write ${out}: the file may not become longer here; the results are partial\n`,
  ]);
  expect(printed).toMatch(/^random +\d+/m);
  // No script takes the rows that there are for all of them, or half a row for a whole one.
  expect(existsSync(join(out, 'requests.csv'))).toBe(false);
  const rows = readFileSync(join(out, 'requests.partial.csv'), 'utf8').split('\r\n');
  expect(rows.at(-1)).toBe('');
  expect(new Set(rows.slice(0, -1).map((row) => csvCells(row).length))).toEqual(new Set([csvCells(rows[0]!).length]));
  expect(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')).runs[0].figures.requests).toBeGreaterThan(200);
});

test('a summary that the disk does not take is printed all the same, leaves no half of it, and ends with 3', async () => {
  const out = join(folder, 'no-summary');
  // The scenario and the requests of 3 s are shorter, the summary is not.
  const { code, out: printed, err } = await simulateOnFullDisk(out, 10, '--duration 3s');
  expect(code).toBe(3);
  const summary = join(out, 'summary.json');
  expect(err).toBe(`starlane: cannot write ${summary}: the file may not become longer here; the results are partial\n`);
  expect(printed).toMatch(/^random +\d+/m);
  expect(printed).not.toContain('Results:');
  expect(readdirSync(out).sort()).toEqual(['requests.csv', 'scenario.resolved.yaml']);
});

test.runIf(existsSync('/dev/full'))('a full disk behind standard output ends in one line and 3', async () => {
  const command = `exec "${process.execPath}" cli/main.ts simulate ${PAIR} --policy random --out "${join(folder, 'out')}" > /dev/full`;
  expect(await ended(command)).toEqual({
    code: 3,
    out: '',
    err: 'starlane: cannot write standard output: that disk is full\n',
  });
});

/** Mounts need a user namespace, which some systems forbid. */
const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', '/mnt']).status === 0;

test.runIf(canMount)(
  'a full disk under the logs of a live run ends it early, in one line, with what there is',
  async () => {
    const out = join(folder, 'live');
    const small = join(folder, 'small');
    mkdirSync(small);
    const run = `run ${PAIR} --policy random,round-robin --duration 60s --rate 40 --out "${out}"`;
    const command = `mount -t tmpfs -o size=100k tmpfs "${small}" && TMPDIR="${small}" "${process.execPath}" cli/main.ts ${run}; code=$?; ls "${small}"; exit $code`;
    const ended = await new Promise<Ended>((resolve) =>
      execFile('unshare', ['-rm', 'bash', '-c', command], (error, printed, err) =>
        resolve({ code: Number(error?.code ?? 0), out: printed, err }),
      ),
    );
    expect(ended.code).toBe(3);
    const complaints = ended.err.split('\n').filter((line) => !/^(\+\d+ s .*)?$/.test(line));
    expect(complaints).toEqual([
      expect.stringMatching(
        /^starlane: cannot write \S+small\/\S+\.jsonl: that disk is full; the results are partial$/,
      ),
    ]);
    const { runs } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
    expect(runs).toHaveLength(1);
    const { partial, invalidBecause, figures } = runs[0]!;
    expect(partial).toBe(true);
    expect(invalidBecause.join('\n')).toMatch(/could not write all of its log: that disk is full$/m);
    expect(figures.requests).toBeGreaterThan(0);
    expect(ended.out).toMatch(/beside it\.$/m);
    expect(ended.out.trimEnd().split('\n').at(-1)).not.toContain('starlane-'); // its folder is removed
  },
);
