import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refusalTold } from '../../../../core/process/io/refused.ts';
import { RunFolder } from '../../../../core/process/io/run-folder.ts';

let path = '';
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'starlane-test-'));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

test('a part hears what another one said of the configuration that both have, and nothing else', () => {
  const folder = new RunFolder(path);
  expect(refusalTold('ours', folder)).toBeNull();
  folder.refuse({ line: 'the policy is none', digest: 'ours', atUnixMs: Date.now() });
  expect(refusalTold('ours', folder)).toBe('the policy is none');
  expect(refusalTold('of another configuration', folder)).toBeNull();
});

test('a refusal of an earlier start is not told again, and one that cannot be read is none', () => {
  const folder = new RunFolder(path);
  folder.refuse({ line: 'the policy is none', digest: 'ours', atUnixMs: performance.timeOrigin - 60_000 });
  expect(refusalTold('ours', folder)).toBeNull();
  writeFileSync(join(path, 'refusal.json'), '{"line":');
  expect(refusalTold('ours', folder)).toBeNull();
});
