import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StarlaneProcess } from './starlane-process.ts';

/** In place of `docker`: writes down what it is asked, and plays a load as the test says; it ends at no signal. */
const ENGINE = `#!/bin/sh
trap '' INT TERM
echo "$*" >> "$ASKED"
case "$*" in *" run "*) eval "$LOAD" ;; esac
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
  writeFileSync(join(folder, 'docker'), ENGINE);
  chmodSync(join(folder, 'docker'), 0o755);
  vi.stubEnv('ASKED', join(folder, 'asked'));
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const argsOf = (out: string): readonly string[] => [
  'run',
  'test/scenarios/pair.yaml',
  '--host',
  'compose',
  '--policy',
  'random',
  '--out',
  join(folder, out),
];

const asked = (): string => (existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8') : '');
const until = async (isSo: () => boolean): Promise<void> => {
  for (let wait = 0; wait < 1200 && !isSo(); wait++) await new Promise((next) => setTimeout(next, 50));
  expect(isSo()).toBe(true);
};

test('a second Ctrl-C ends a run in containers at once, and they are taken down all the same', async () => {
  vi.stubEnv('LOAD', 'sleep 8');
  const command = new StarlaneProcess(...argsOf('out'));
  await until(() => / run --rm /.test(asked()));
  expect(asked()).not.toContain(' down ');
  command.signal('SIGINT');
  await new Promise((next) => setTimeout(next, 1500));
  command.signal('SIGINT');
  expect((await command.ended).code).toBe(130);
  await until(() => asked().includes(' down '));
  const [project] = /--project-name starlane-pair-\d+/.exec(asked())!;
  expect(asked()).toContain(`compose ${project} down --volumes --remove-orphans --timeout 5`);
  await until(() => command.processes().length === 0);
});

test('a run in containers whose disk takes not even its announcement ends in one line, with 3', async () => {
  vi.stubEnv('LOAD', 'echo "starlane: cannot write /run/starlane/recording.json: that disk is full" >&2; exit 3');
  const { code, err } = await new StarlaneProcess(...argsOf('full')).ended;
  expect([code, err]).toEqual([
    3,
    'starlane: cannot write /run/starlane/recording.json in its container: that disk is full\n',
  ]);
  expect(asked()).toContain(' down ');
});
