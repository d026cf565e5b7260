import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command with its own cache, or another; resolves to what it printed. */
const withCache = (cache: string, ...args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) =>
    execFile(
      process.execPath,
      ['cli/main.ts', ...args],
      { env: { ...process.env, STARLANE_CACHE: cache }, maxBuffer: 1 << 26 },
      (error, out) => (error === null ? resolve(out) : reject(error)),
    ),
  );

test('a second simulation reads the ways that the first has kept, with the same bytes, and the cache can be shown and cleared', async () => {
  const cache = join(folder, 'cache');
  const simulate = (name: string): Promise<string> =>
    withCache(
      cache,
      ...['simulate', 'test/scenarios/pair.yaml', '--policy', 'random', '--rate', '0.05'],
      ...['--duration', '20m', '--events', '--out', join(folder, name)],
    );
  await simulate('cold');
  const [file] = readdirSync(cache);
  expect(await withCache(cache, 'cache')).toMatch(/: 1 kept, .*\n.*starlink-s1, physical, \d+ s from .* 2026/s);
  const before = readFileSync(join(cache, file!));
  await simulate('warm');
  expect(readFileSync(join(cache, file!)).equals(before)).toBe(true); // nothing was computed anew
  for (const name of ['events.jsonl', 'requests.csv', 'summary.json', 'scenario.resolved.yaml']) {
    const [cold, warm] = ['cold', 'warm'].map((run) => readFileSync(join(folder, run, name), 'utf8'));
    expect(warm === cold).toBe(true);
  }
  expect(await withCache(cache, 'cache', 'clear')).toMatch(/^removed [\d.]+ MiB from /);
  expect(readdirSync(cache)).toEqual([]);
  expect(await withCache('none', 'cache')).toMatch(/^nothing is kept/);
}, 180_000);
