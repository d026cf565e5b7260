import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MODULE = 'test/cli/failing-part.ts';

const codeOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    const killing = setTimeout(() => child.kill('SIGKILL'), 20_000); // it does not end by itself
    child.once('exit', (code) => {
      clearTimeout(killing);
      resolve(code);
    });
  });

test('a part of a run that cannot be closed says so once and exits with 1', async () => {
  const child = fork(MODULE, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const code = codeOf(child);
  const errors: string[] = [];
  child.on('message', (message: { kind: string; message: string }) => {
    if (message.kind === 'loaded') child.send({ kind: 'configure', setup: { events: join(folder, 'events.jsonl') } });
    else if (message.kind === 'ready') child.send({ kind: 'stop' });
    else if (message.kind === 'error') errors.push(message.message);
  });
  expect([await code, errors]).toEqual([1, ['cannot close: the tree is stuck']]);
});

test('a part of a topology that cannot be closed says so in one line and exits with 1, also when told to end several times', async () => {
  const child = spawn(process.execPath, [MODULE, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  const code = codeOf(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (!text.includes('ready')) return;
    child.kill('SIGTERM');
    child.kill('SIGTERM');
  });
  expect([await code, said]).toEqual([1, 'starlane: cannot close: the tree is stuck\n']);
});
