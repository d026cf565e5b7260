import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const SCRIPT = `
import { measureOwnTax } from './services/client/io/own-tax.ts';
import { loadTransports } from './services/client/io/load-transports.ts';
import { ON_ITS_OWN } from './workload/schedule.ts';
const request = { ...ON_ITS_OWN, id: 0, atMs: 0, client: 'a', promptTokens: 50, outputTokens: 9, maxOutputTokens: 9 };
process.stdout.write(String((await measureOwnTax(loadTransports.frames, [request], 100_000)).calls));
`;

test('a process that has nothing else to wait for, as the load in a container, outlives the measurement of its tax', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', SCRIPT]);
  expect(stdout).toBe('200');
});
