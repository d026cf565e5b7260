import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, devNull, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, Option } from 'commander';
import { Progress } from '../../core/process/io/progress.ts';
import { Part } from '../../hosts/local/io/part.ts';
import { type DataPathName, DEFAULT_DATA_PATH, dataPathNames } from '../../router/data-path-name.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { SoakedRouter } from './io/soaked-router.ts';
import { type MemorySample, residentSlope } from './memory-by-minute.ts';
import { metricSum } from './metric-sum.ts';
import type { ClientsProgress, ClientsSetup, ClientTally, NodeEnd, NodesReady, NodesSetup } from './part-setup.ts';
import { soakReport } from './soak-report.ts';
import { soakedEndpoint, soakFaults } from './soak-verdict.ts';

/**
 * A router by itself under half of the load that this machine takes, for minutes: clients come and go, nodes drain and crash, and the
 * configuration is loaded again. Says what memory it holds, which calls were lost, and whether its counters balance; the exit code is 1
 * where it is not within its bounds. `npm run bench:soak`, `npm run bench:soak -- --minutes 30`
 */
const numberFrom =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`Expected ${least} to ${most}.`);
    return value;
  };

interface Options {
  readonly minutes: number;
  readonly rate: number | null;
  readonly clients: number;
  readonly seed: number;
  readonly dataPath: DataPathName;
}

const { minutes, rate, clients, seed, dataPath } = benchmarkCommand('bench:soak')
  .option('--minutes <n>', 'how long the load lasts', numberFrom(0.2, 1440), 10)
  .option('--rate <n>', 'calls a second, instead of half of what is measured', numberFrom(1, 100_000), null)
  .option('--clients <n>', 'how many there are at one time', numberFrom(1, 1000), 24)
  .option('--seed <n>', 'of calls and clients', numberFrom(0, 2 ** 31), 1)
  .addOption(
    new Option('--data-path <name>', 'what carries the bytes').choices(dataPathNames).default(DEFAULT_DATA_PATH),
  )
  .parse()
  .opts<Options>();

const NODES = 4;
const RESTART_EVERY_MS = 40_000;
const RELOAD_EVERY_MS = 120_000;
const SAMPLE_EVERY_MS = 5000;
/** When nothing is open any more, the last bytes and counts have come by then. */
const STILL_MS = 2000;
const DRAIN_MS = 20_000;

const durationMs = minutes * 60_000;
const progress = new Progress();
const folder = mkdtempSync(join(tmpdir(), 'starlane-soak-'));
const config = join(folder, 'router.yaml');
const events = devNull;
const nodes = new Part<NodesSetup, NodesReady, NodeEnd>('nodes', 'benchmarks/soak/nodes/main.ts');
const load = new Part<ClientsSetup, null, ClientsProgress>('clients', 'benchmarks/soak/clients/main.ts');
const nodeEnds: NodeEnd[] = [];
nodes.onProgress = (end) => nodeEnds.push(end);

/** Another time limit has the router make a new data path, which takes over. */
const writeConfig = (ports: readonly number[], deadlineS: number): void => {
  const endpoints = Object.fromEntries(
    ports.map((port, node) => [soakedEndpoint(node), { address: `127.0.0.1:${port}` }]),
  );
  writeFileSync(config, JSON.stringify({ endpoints, policy: 'peak-ewma', maxAttempts: 3, deadlineS }));
};

const soak = async (): Promise<number> => {
  await Promise.all([nodes.loaded(), load.loaded()]);
  const { ports } = await nodes.configure({ events, nodes: NODES, restartEveryMs: RESTART_EVERY_MS });
  writeConfig(ports, 60);
  const router = await SoakedRouter.start(config, dataPath);
  const paced = Promise.withResolvers<Extract<ClientsProgress, { kind: 'rate' }>>();
  const tallied = Promise.withResolvers<ClientTally>();
  load.onProgress = (said) => (said.kind === 'rate' ? paced.resolve(said) : tallied.resolve(said.tally));
  for (const part of [nodes, load]) {
    part.onLost = (reason) => {
      const error = new Error(`${part.name} ${reason}`);
      for (const { reject } of [paced, tallied]) reject(error);
    };
  }
  for (const { promise } of [paced, tallied]) promise.catch(() => {}); // whoever waits hears it
  await load.configure({ events, port: router.port, clients, ratePerS: rate, durationMs, seed });
  progress.show('soak', null, 'measures what this machine takes');
  load.begin(Date.now());
  const { ratePerS, mostPerS } = await paced.promise;
  nodes.begin(Date.now());
  const beganAtMs = performance.now();
  const loads: number[] = [];
  const samples: MemorySample[] = [];
  let reloads = 0;
  const watch = async (): Promise<void> => {
    for (let turn = 0; ; turn++) {
      const atMs = performance.now() - beganAtMs;
      if (atMs >= durationMs) return;
      progress.show('soak', atMs / durationMs, `${ratePerS.toFixed(0)} calls/s, ${nodeEnds.length} restarts of nodes`);
      samples.push(sampleOf(await router.metrics(), atMs));
      loads.push(loadavg()[0]!);
      if (atMs >= (reloads + 1) * RELOAD_EVERY_MS) {
        reloads++;
        writeConfig(ports, 60 + (reloads % 2));
        router.reload();
      }
      await sleep(Math.max(0, beganAtMs + (turn + 1) * SAMPLE_EVERY_MS - performance.now()));
    }
  };
  const [tally] = await Promise.all([tallied.promise, watch()]);
  await sleep(STILL_MS);
  const metrics = await router.metrics();
  const exitCode = await router.end(DRAIN_MS);
  progress.clear();
  const outcome = { tally, nodeEnds, metrics, exitCode };
  const machine = cpus();
  const conditions = [
    `${minutes} minutes over ${dataPath}, ${ratePerS.toFixed(0)} calls/s` +
      `${mostPerS === null ? '' : ` (half of ${mostPerS.toFixed(0)})`}, ${clients} clients at a time, seed ${seed}, ${reloads} reloads`,
    `${machine.length} cores (${machine[0]?.model.trim() ?? 'unknown'}), Node ${process.version}, ` +
      `load average ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}, ${new Date().toISOString().slice(0, 10)}`,
  ];
  for (const line of soakReport(outcome, samples, conditions)) console.log(line);
  const faults = soakFaults({ ...outcome, slopeBytes: residentSlope(samples) });
  for (const fault of faults) console.log(`FAULT ${fault}`);
  console.log(faults.length === 0 ? 'within all bounds' : 'NOT within its bounds');
  return faults.length === 0 ? 0 : 1;
};

const sampleOf = (metrics: string, atMs: number): MemorySample => {
  const of = (name: string): number => metricSum(metrics, name) ?? Number.NaN;
  return {
    atMs,
    residentBytes: of('process_resident_memory_bytes'),
    heapBytes: of('nodejs_heap_size_used_bytes'),
    externalBytes: of('nodejs_external_memory_bytes'),
    cpuS: of('process_cpu_seconds_total'),
  };
};

try {
  process.exitCode = await soak();
} finally {
  progress.clear();
  await Promise.all([nodes.stop(), load.stop()]);
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
