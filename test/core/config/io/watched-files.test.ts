import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { watchFiles } from '../../../../core/config/io/watched-files.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  while (cleanUps.length > 0) cleanUps.pop()!();
});

const watched = (names: readonly string[], times: { readonly settleMs?: number; readonly everyMs?: number } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'starlane-watched-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  const paths = names.map((name) => join(folder, name));
  for (const path of paths) writeFileSync(path, 'first');
  let changes = 0;
  const files = watchFiles({ paths: () => paths, onChange: () => changes++, settleMs: 30, everyMs: 20, ...times });
  cleanUps.push(() => files.close());
  return { folder, paths, files, changes: () => changes };
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

const afterMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a file that is written, or replaced by another as editors do, is told each time, and others in its folder are not', async () => {
  const { folder, paths, changes } = watched(['a.yaml', 'b.ts']);
  writeFileSync(paths[0]!, 'second');
  await until(() => changes() === 1);
  writeFileSync(join(folder, 'a.yaml.new'), 'third');
  renameSync(join(folder, 'a.yaml.new'), paths[0]!);
  await until(() => changes() === 2);
  writeFileSync(paths[1]!, 'second');
  await until(() => changes() === 3);
  writeFileSync(join(folder, 'other'), 'x');
  await afterMs(150);
  expect(changes()).toBe(3);
});

test('a file that is written in pieces is told once, when it is left alone', async () => {
  const { paths, changes } = watched(['a.yaml'], { settleMs: 200 });
  for (let piece = 0; piece < 8; piece++) {
    writeFileSync(paths[0]!, `piece ${'x'.repeat(piece)}`);
    await afterMs(20);
  }
  await until(() => changes() > 0);
  await afterMs(300);
  expect(changes()).toBe(1);
});

test('a file that is away for a moment is told when it is back, and one that is not watched any more is not', async () => {
  const { paths, changes, files } = watched(['a.yaml']);
  rmSync(paths[0]!);
  await afterMs(150);
  expect(changes()).toBe(0);
  writeFileSync(paths[0]!, 'second');
  await until(() => changes() === 1);
  files.close();
  writeFileSync(paths[0]!, 'third');
  await afterMs(150);
  expect(changes()).toBe(1);
});
