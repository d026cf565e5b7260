import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { starlane } from './starlane-process.ts';

const PAIR = 'test/scenarios/pair.yaml';

/** None of these asks Docker for anything. */
test.each([
  [['--policy', 'no-such'], /^starlane: --policy has "no-such", which is no policy; .*\n$/],
  [['--name', 'No Such'], /^starlane: --name is "No Such", expected lower-case letters.*\n$/],
])('`starlane up` with %j ends with one line and leaves nothing behind', async (args, line) => {
  const { code, out, err } = await starlane('up', PAIR, '--name', 'starlane-test-no-such', ...args);
  expect([code, out, err]).toEqual([2, '', expect.stringMatching(line)]);
  expect(existsSync(join('results', 'starlane-test-no-such'))).toBe(false);
});

test('`starlane up` at a port that is taken ends with one line and leaves nothing behind', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { code, out, err } = await starlane('up', PAIR, '--name', 'starlane-test-taken', '--port', String(port));
  server.close();
  expect([code, out, err]).toEqual([
    2,
    '',
    `starlane: --port is ${port}, where another program listens on 127.0.0.1; 0 takes a free one\n`,
  ]);
  expect(existsSync(join('results', 'starlane-test-taken'))).toBe(false);
});
