import { existsSync } from 'node:fs';
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
