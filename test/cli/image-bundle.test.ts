import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { readScenario } from '../../scenario/io/scenario-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = promisify(execFile);

test('the code of images is joined from the folders that they copy, and its commands start', {
  timeout: 180_000,
}, async () => {
  const copied = [...readFileSync('Dockerfile', 'utf8').matchAll(/^COPY (\w+) \1$/gm)].map(([, name]) => name!);
  expect(copied).toContain('cli');
  for (const name of [...copied, 'package.json']) cpSync(name, join(folder, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  await run(process.execPath, ['parts/image/bundle.ts'], { cwd: folder });
  const starlane = join(folder, 'bundle/starlane.js');
  expect(existsSync(starlane)).toBe(true);
  const { stdout } = await run(process.execPath, [starlane, '--help'], { cwd: folder });
  expect(stdout).toContain('Run a scenario in virtual time');
  const scenario = 'test/scenarios/pair.yaml';
  const running = readScenario(scenario);
  const texts = {
    scenario: readFileSync(scenario, 'utf8').replace('{ site: london }', '{ site: london, subset: 1 }'),
    policies: {},
  };
  const thread = new Worker(join(folder, 'bundle/reload-thread.js'), {
    workerData: { running, file: scenario, texts, overrides: {}, policies: ['random'] },
  });
  const read = await new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject));
  expect(read).toMatchObject({ reload: { changes: [{ key: 'router.subset', from: 'all', to: 1 }] } });
  await expect(run(process.execPath, [starlane, 'bench'], { cwd: folder })).rejects.toMatchObject({
    code: 2,
    stderr: 'starlane: benchmarks run in a checkout of the project, and this is none\n',
  });
});
