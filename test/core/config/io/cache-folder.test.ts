import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { cacheFolder } from '../../../../core/config/io/cache-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('is the folder that the user names, and is made with its parents', () => {
  const named = join(folder, 'a', 'b');
  vi.stubEnv('STARLANE_CACHE', named);
  expect(cacheFolder()).toBe(named);
  expect(existsSync(named)).toBe(true);
});

test('is in XDG_CACHE_HOME without one', () => {
  vi.stubEnv('STARLANE_CACHE', '');
  vi.stubEnv('XDG_CACHE_HOME', folder);
  expect(cacheFolder()).toBe(join(folder, 'starlane'));
});

test.each(['none', '/proc/nowhere', '/dev/null/below'])('is none for %s, at once', (named) => {
  vi.stubEnv('STARLANE_CACHE', named);
  expect(cacheFolder()).toBeNull();
});
