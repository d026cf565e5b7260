import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StarlaneProcess, starlane } from './starlane-process.ts';

const PAIR = 'test/scenarios/pair.yaml';
const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A whole result with its log. */
const whole = join(folder, 'whole');
beforeAll(async () => {
  const { code } = await starlane('simulate', PAIR, '--policy', 'random', '--events', '--out', whole);
  expect(code).toBe(0);
}, 180_000);

/** A copy of it whose file `name` ends in the middle. */
const cutOff = (name: string, without: readonly string[] = []): string => {
  const copy = mkdtempSync(join(folder, 'cut-'));
  cpSync(whole, copy, { recursive: true });
  for (const other of without) rmSync(join(copy, other));
  truncateSync(join(copy, name), Math.floor(readFileSync(join(copy, name)).length * 0.6));
  return copy;
};

const oneLine = (err: string): string => {
  expect(err.split('\n')).toHaveLength(2);
  return err;
};

describe('a summary that was cut off', { timeout: 180_000 }, () => {
  test('is compared with nothing', async () => {
    const cut = cutOff('summary.json');
    const { code, out, err } = await starlane('compare', whole, cut);
    expect([code, out]).toEqual([2, '']);
    expect(oneLine(err)).toContain(join(cut, 'summary.json'));
  });

  test('is computed from the log where there is one, and reported by nobody where there is none', async () => {
    expect((await starlane('report', cutOff('summary.json', ['charts.json']))).code).toBe(0);
    const cut = cutOff('summary.json', ['charts.json', 'events.jsonl', 'report.html']);
    const { code, out, err } = await starlane('report', cut);
    expect([code, out, existsSync(join(cut, 'report.html'))]).toEqual([2, '', false]);
    expect(oneLine(err)).toContain(join(cut, 'summary.json'));
  });
});

test('a log that was cut off is reported as not valid and partial, by name', { timeout: 180_000 }, async () => {
  const cut = cutOff('events.jsonl', ['summary.json', 'charts.json', 'report.html']);
  const { code, out } = await starlane('report', cut);
  expect(code).toBe(0);
  expect(out).toMatch(/INVALID|not valid/);
  const page = readFileSync(join(cut, 'report.html'), 'utf8');
  expect(page).toContain('the log ends before the run does');
  expect(page).toContain('1 lines of the log cannot be read');
});

test('charts that were cut off are drawn from the log, or left out', { timeout: 180_000 }, async () => {
  for (const without of [[], ['events.jsonl']]) {
    const cut = cutOff('charts.json', [...without, 'report.html']);
    expect((await starlane('report', cut)).code).toBe(0);
    expect(readFileSync(join(cut, 'report.html'), 'utf8')).toContain('</html>');
  }
});

test.each([200, 600, 1200])(
  'a report that Ctrl-C stops after %s ms is there as a whole or not at all',
  async (afterMs) => {
    const cut = cutOff('charts.json', ['summary.json', 'report.html']);
    const [head, ...rest] = readFileSync(join(whole, 'events.jsonl'), 'utf8').split(/(?<=\n)/);
    writeFileSync(join(cut, 'events.jsonl'), `${head}${rest.join('').repeat(200)}`); // some seconds of reading
    const command = new StarlaneProcess('report', cut);
    await new Promise((next) => setTimeout(next, afterMs));
    command.interrupt();
    await command.ended;
    const page = join(cut, 'report.html');
    if (existsSync(page)) expect(readFileSync(page, 'utf8').trimEnd()).toMatch(/<\/html>$/);
  },
);

describe('a disk that is full', { timeout: 180_000 }, () => {
  /** To the command no file may be longer than `blocks` of 1024 bytes. */
  const onFullDisk = (blocks: number, ...args: readonly string[]) =>
    new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
      const command = `ulimit -f ${blocks}; exec "${process.execPath}" cli/main.ts ${args.map((arg) => `'${arg}'`).join(' ')}`;
      const env = { ...process.env, STARLANE_CACHE: 'none' };
      execFile('bash', ['-c', command], { env }, (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), out, err: err.replaceAll(/^\+\d+ s .*\n/gm, '') }),
      );
    });

  test.each([
    ['sweep', ['--vary', 'durationS=3,4', '--repeat', '1'], /^3 +random +/m],
    ['find-capacity', ['--slo', 'ttft.p50:1ms', '--repeat', '2'], /^policy +capacity/m],
    ['sensitivity', ['--vary-assumption', 'fibre-stretch=1.2', '--repeat', '2'], /^as the scenario is/m],
  ])('leaves what %s has measured on the screen, and ends it with 3', async (command, args, shown) => {
    const out = join(folder, `full-${command}`);
    const policies = command === 'sensitivity' ? 'random,peak-ewma' : 'random';
    const ended = await onFullDisk(1, command, PAIR, '--policy', policies, ...args, '--out', out);
    expect(ended.code).toBe(3);
    expect(oneLine(ended.err)).toMatch(
      /^starlane: cannot write .*: the file may not become longer here; the results are partial\n$/,
    );
    expect(ended.out).toMatch(shown);
    // Neither half a study nor half a table.
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' });
    for (const name of files.filter((each) => each.endsWith('.json')))
      JSON.parse(readFileSync(join(out, name), 'utf8'));
    expect(files.filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test('keeps the report that was there before', async () => {
    const page = join(folder, 'old.html');
    writeFileSync(page, 'of before');
    const { code, err } = await onFullDisk(8, 'report', whole, '--out', page);
    expect([code, err]).toEqual([3, `starlane: cannot write ${page}: the file may not become longer here\n`]);
    expect(readFileSync(page, 'utf8')).toBe('of before');
  });

  test('ends an agreement with 3, by the name of the file', async () => {
    const out = join(folder, 'full-agree');
    const ended = await onFullDisk(8, 'agree', PAIR, '--out', out);
    expect(ended.code).toBe(3);
    expect(oneLine(ended.err)).toMatch(/^starlane: cannot write .*: the file may not become longer here/);
    expect(existsSync(join(out, 'agreement.json'))).toBe(false);
  });
});
