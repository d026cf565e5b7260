import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Prints what a process has loaded that imports those files: packages, and modules of Node.js. */
const LOADED = `
  import { registerHooks } from 'node:module';
  const loaded = new Set();
  registerHooks({
    load(url, context, next) {
      const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1] ?? (url.startsWith('node:') ? url : null);
      if (name !== null) loaded.add(name);
      return next(url, context);
    },
  });
  for (const file of process.argv.slice(1)) await import(file);
  console.log(JSON.stringify([...loaded]));
  process.exit();`;

test('a worker that carries frames loads no library of others: each takes megabytes of every router', () => {
  const files = ['parts/router-worker.ts', 'router/io/frame-proxy/frame-proxy.ts'].map((file) => join(ROOT, file));
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', LOADED, ...files], {
    encoding: 'utf8',
  });
  const loaded = JSON.parse(said) as string[];
  expect(loaded).toContain('prom-client');
  for (const name of ['node:http2', 'node:https', 'node:tls']) expect(loaded).not.toContain(name);
  const packages = loaded.filter((name) => !name.startsWith('node:')).sort();
  expect(packages).toEqual(['@bufbuild/protobuf', '@opentelemetry/api', 'prom-client']);
});
