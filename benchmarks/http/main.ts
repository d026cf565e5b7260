import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { Progress } from '../../core/process/io/progress.ts';
import { cpuTimeOf, familyOf } from '../peers/io/process-usage.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { conditionsOfSuite, printRows, suiteResult } from '../suites/io/print-rows.ts';
import type { SuiteRow } from '../suites/suite-result.ts';
import { cannonFault, DOOR_REQUESTS, type DoorRequest } from './door.ts';
import { fired } from './io/cannon.ts';
import { type DoorProcess, startDoor } from './io/door-process.ts';

/*
 * The HTTP doors of a router and of a node under a closed loop of autocannon: `npm run bench:http`. Processor time a request is what an answer costs;
 * requests a second depend on how the machine is shared with the load.
 */
const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 3600)
    throw new InvalidArgumentError('Expected a whole number from 1 to 3600.');
  return value;
};

const command = benchmarkCommand('bench:http')
  .argument('[words...]', 'only requests whose names have one of these in them')
  .option('--seconds <n>', 'of each request', whole, 3)
  .option('--connections <n>', 'of the closed loop', whole, 10)
  .option('--json', 'print JSON instead of a table', false)
  .parse();
const { seconds, connections, json } = command.opts<{ seconds: number; connections: number; json: boolean }>();
const words = command.args;
const wanted = DOOR_REQUESTS.filter(({ title }) => words.length === 0 || words.some((word) => title.includes(word)));

const TOKEN = 'token-of-this-benchmark';
const routerBefore = (nodePort: string) => ({
  listen: '127.0.0.1:0',
  endpoints: { a: { address: `127.0.0.1:${nodePort}` } },
  policy: 'peak-ewma',
  admin: { listen: '127.0.0.1:0', tokenFile: 'token' },
});
const stopping = new AbortController();
const { signal } = stopping;
process.once('SIGINT', () => stopping.abort());
process.once('SIGTERM', () => stopping.abort());

const conditions = conditionsOfSuite('http');
const progress = new Progress();
const rows: SuiteRow[] = [];
const folder = mkdtempSync(join(tmpdir(), 'starlane-bench-'));
const doors: Partial<Record<DoorRequest['part'], DoorProcess>> = {};

const measure = async ({ title, part, path, order }: DoorRequest): Promise<void> => {
  const door = doors[part]!;
  const load = {
    ...{ url: `${door.url}${path}`, connections, signal },
    body: order === null ? null : JSON.stringify(order),
    headers: order === null ? {} : { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
  };
  await fired({ ...load, seconds: 1 }); // warms up
  const before = cpuTimeOf(familyOf(door.pid)).ranMs;
  const result = await fired({ ...load, seconds });
  const ranMs = cpuTimeOf(familyOf(door.pid)).ranMs - before;
  const fault = cannonFault(result);
  if (fault !== null) throw new Error(`${title}: ${fault}`);
  const { total } = result.requests;
  const row = (unit: string, value: number, isLowerBetter: boolean): SuiteRow => ({
    case: title,
    unit,
    value,
    isLowerBetter,
  });
  rows.push(
    row('us of CPU a request', (ranMs * 1000) / total, true),
    row('requests/s', total / result.duration, false),
    row('ms at p99', result.latency.p99, true),
  );
};

try {
  doors.node = await startDoor([`${import.meta.dirname}/node/main.ts`], { announced: /^ready (\d+) (\d+)$/ });
  const config = join(folder, 'router.yaml');
  writeFileSync(join(folder, 'token'), TOKEN);
  writeFileSync(config, JSON.stringify(routerBefore(doors.node.others[0]!))); // JSON is YAML
  doors.router = await startDoor([`${import.meta.dirname}/../../cli/main.ts`, 'router', '--config', config], {
    announced: /^admin 127\.0\.0\.1:(\d+)$/,
  });
  for (const [index, request] of wanted.entries()) {
    if (signal.aborted) break;
    progress.show('http', index / wanted.length, request.title);
    await measure(request);
  }
} catch (error) {
  if (!signal.aborted) throw error;
} finally {
  progress.clear();
  await Promise.all(Object.values(doors).map((door) => door.close()));
  rmSync(folder, { recursive: true, force: true });
}
printRows(suiteResult(conditions, rows), { json });
process.exitCode = signal.aborted ? 130 : 0;
