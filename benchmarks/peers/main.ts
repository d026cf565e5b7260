import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { ConfigError } from '../../core/config/config-error.ts';
import { Progress } from '../../core/process/io/progress.ts';
import { commitOf } from '../../report/io/commit.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { isByH2load, PEER_CASES, type PeerCase } from './case.ts';
import { BenchProcess, killAll } from './io/bench-process.ts';
import { type Bench, measureCase } from './io/case-session.ts';
import { commandVersion } from './io/command-version.ts';
import { emptyNodeMib } from './io/empty-node.ts';
import { makeTlsFiles } from './io/tls-files.ts';
import { peersReport } from './peers-report.ts';
import type { CaseResult, PeersResult } from './peers-result.ts';
import type { PeerProxy } from './proxies/peer-proxy.ts';
import { PEER_PROXIES, REFERENCE } from './proxies/registry.ts';

/**
 * Starlane beside other proxies, in one run with the same servers and load: `npm run bench:peers`. A whole run, about 40 minutes,
 * writes `benchmarks/peers/results.md`; `--quick` takes about 4. See benchmarks/README.md.
 */
const listOf =
  (known: readonly string[], what: string) =>
  (text: string): readonly string[] => {
    const names = text.split(',');
    const unknown = names.find((name) => !known.includes(name));
    if (unknown === undefined) return names;
    throw new InvalidArgumentError(`"${unknown}" is no ${what}. Expected some of ${known.join(', ')}.`);
  };

const numberFrom =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected ${least} to ${most}.`);
  };

const caseNames = PEER_CASES.map(({ name }) => name);
const proxyNames = PEER_PROXIES.map(({ name }) => name);
const QUICK = { cases: ['saturation', 'open', 'streaming', 'idle'], proxies: [REFERENCE.name, 'starlane'], pairs: 6 };

const options = benchmarkCommand('bench:peers')
  .description('Starlane beside other proxies: the same servers and load, in one run.')
  .option('--cases <names>', `some of ${caseNames.join(', ')}`, listOf(caseNames, 'case'))
  .option('--proxies <names>', `some of ${proxyNames.join(', ')}`, listOf(proxyNames, 'proxy'))
  .option('--pairs <n>', 'rounds, in each of which every proxy is measured once (default: 10)', numberFrom(1, 1000))
  .option('--seconds <s>', 'of each measurement', numberFrom(0.2, 600), 1.5)
  .option('--quick', 'the most important cases, about 4 minutes', false)
  .option('--out <file>', 'where the page is written; benchmarks/peers/results.md after a whole run')
  .option('--json', 'prints the result as JSON instead of the page', false)
  .parse()
  .opts<{
    cases?: readonly string[];
    proxies?: readonly string[];
    pairs?: number;
    seconds: number;
    quick: boolean;
    out?: string;
    json: boolean;
  }>();

const chosen = options.quick ? QUICK : { cases: caseNames, proxies: proxyNames, pairs: 10 };
const pairs = options.pairs ?? chosen.pairs;
const wantedCases = PEER_CASES.filter(({ name }) => (options.cases ?? chosen.cases).includes(name));
const wantedProxies = PEER_PROXIES.filter(({ name }) => (options.proxies ?? chosen.proxies).includes(name));
const isWhole = !options.quick && options.cases === undefined && options.proxies === undefined;

const skipped: string[] = [];
const versions: Record<string, string> = {};

const isThere = ({ name, command, versionArgs }: PeerProxy): boolean => {
  const version = command === 'node' ? process.version : commandVersion(command, versionArgs);
  if (version === null) skipped.push(`${name} was not measured: there is no \`${command}\` on the PATH`);
  else versions[command] = version;
  return version !== null;
};

const measurable = ({ name, isTls, load }: PeerCase, hasTls: boolean, hasH2load: boolean): boolean => {
  const reason =
    isTls && !hasTls
      ? 'there is no `openssl` on the PATH'
      : isByH2load(load) && !hasH2load
        ? 'there is no `h2load` on the PATH'
        : null;
  if (reason !== null) skipped.push(`the case ${name} was not measured: ${reason}`);
  return reason === null;
};

const stopping = new AbortController();
const progress = new Progress();
const began = new Date();
const load = { first: loadavg()[0]!, last: 0, highest: 0 };

const run = async (folder: string): Promise<PeersResult> => {
  const cores = availableParallelism();
  if (process.platform !== 'linux' || commandVersion('taskset', ['--version']) === null || cores < 2) {
    throw new ConfigError('bench:peers', 'cannot run here, expected Linux with `taskset` and two cores');
  }
  const [proxyCores, loadCores] = ['0', cores === 2 ? '1' : `1-${cores - 1}`];
  const h2load = commandVersion('h2load', ['--version']);
  if (h2load !== null) versions.h2load = h2load;
  const tls = makeTlsFiles(folder);
  const proxies = wantedProxies.filter(isThere);
  const cases = wantedCases.filter((one) => measurable(one, tls !== null, h2load !== null));
  const onNode = (name: string): BenchProcess =>
    new BenchProcess({
      name,
      command: process.execPath,
      args: [`benchmarks/peers/${name}/main.ts`],
      cores: loadCores,
      hasOrders: true,
    });
  const emptyNode = await emptyNodeMib(proxyCores);
  const [backend, client] = [onNode('backend'), onNode('load')];
  const bench: Bench = { backend, load: client, folder, tls, proxyCores, loadCores, signal: stopping.signal };
  const measured: CaseResult[] = [];
  try {
    for (const [index, peerCase] of cases.entries()) {
      if (stopping.signal.aborted) break;
      const onStep = (what: string): void => {
        load.highest = Math.max(load.highest, loadavg()[0]!);
        progress.show(`case ${index + 1} of ${cases.length}, ${peerCase.name}`, null, what);
      };
      measured.push(await measureCase(bench, { peerCase, proxies, pairs, seconds: options.seconds, onStep }));
    }
  } finally {
    await Promise.all([backend.stop(), client.stop()]);
  }
  const cpu = cpus();
  return {
    schema: 1,
    command: ['npm run bench:peers', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
    began: began.toISOString(),
    minutes: (Date.now() - began.getTime()) / 60_000,
    machine: `${cpu.length} x ${cpu[0]!.model.trim()}`,
    commit: commitOf() ?? 'unknown',
    versions,
    load: { ...load, last: loadavg()[0]! },
    pairs,
    seconds: options.seconds,
    emptyNodeMib: emptyNode,
    skipped,
    isInterrupted: stopping.signal.aborted,
    cases: measured,
  };
};

const stop = (): void => {
  stopping.abort();
  killAll(); // what waits for one of them goes on
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

const folder = mkdtempSync(join(tmpdir(), 'starlane-peers-'));
try {
  const result = await run(folder);
  progress.clear();
  const page = peersReport(result, { proxy: 'starlane', reference: REFERENCE.name });
  const out = options.out ?? (isWhole && !result.isInterrupted ? 'benchmarks/peers/results.md' : null);
  if (out !== null) writeFileSync(out, page);
  process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : page);
  const hasFault = result.cases.some(({ results }) => results.some(({ faults }) => faults > 0));
  process.exitCode = result.isInterrupted ? 130 : hasFault ? 1 : 0;
} catch (error) {
  progress.clear();
  if (!stopping.signal.aborted) process.stderr.write(`bench:peers: ${(error as Error).message}\n`);
  process.exitCode = stopping.signal.aborted ? 130 : error instanceof ConfigError ? 2 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
