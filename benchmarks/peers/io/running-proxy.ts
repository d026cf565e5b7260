import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { freePort } from '../../../core/net/io/port-free.ts';
import { type GcPauses, joinedPauses, NO_PAUSES, pausesWithin } from '../gc-pauses.ts';
import type { PeerProxy, TlsFiles } from '../proxies/peer-proxy.ts';
import { BenchProcess } from './bench-process.ts';
import { cpuTimeOf, familyOf, residentMib } from './process-usage.ts';

/** A proxy that serves. */
export interface RunningProxy {
  readonly port: number;
  /** It and all that it started. */
  readonly pids: readonly number[];
  /** Resident memory of the process that carries the requests (the one that used most processor time since it serves), and of all. */
  memory(): ProxyMemory;
  /** Of its garbage collector within those instants of the monotonic clock; null for one that has none. */
  pauses(fromMs: number, toMs: number): GcPauses | null;
  /** What it said at its end; null while it runs. */
  lastWords(): string | null;
  stop(): Promise<void>;
}

export interface ProxyMemory {
  readonly carrierMib: number;
  readonly allMib: number;
}

export interface ProxyStart {
  readonly endpointPorts: readonly number[];
  readonly tls: TlsFiles | null;
  /** Where it may write; made if it is not there. */
  readonly folder: string;
  readonly cores: string;
}

/** Starts a proxy; resolves when it takes connections. Rejects with what it said where it ends before, or takes none in time. */
export const startProxy = async (
  proxy: PeerProxy,
  { endpointPorts, tls, folder, cores }: ProxyStart,
): Promise<RunningProxy> => {
  const port = await freePort('127.0.0.1');
  mkdirSync(folder, { recursive: true });
  const { args, files = {} } = proxy.launch({ port, endpointPorts, tls, folder });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const isNode = proxy.command === 'node';
  const child = new BenchProcess({
    name: proxy.name,
    command: isNode ? process.execPath : proxy.command,
    args,
    cores,
    env: isNode ? { NODE_OPTIONS: `--import=${GC_DIARY}`, STARLANE_GC_DIARY: folder } : {},
  });
  await listening(child, port);
  await sleep(SETTLE_MS);
  const pids = familyOf(child.pid);
  const ranAtStartMs = pids.map((pid) => cpuTimeOf([pid]).ranMs);
  return {
    port,
    pids,
    memory: () => memoryOf(pids, ranAtStartMs),
    pauses: (fromMs, toMs) => (isNode ? pausesOf(folder, pids, fromMs, toMs) : null),
    lastWords: () => (child.isGone ? child.said.trim().slice(-300) : null),
    stop: () => child.stop(),
  };
};

const memoryOf = (pids: readonly number[], ranAtStartMs: readonly number[]): ProxyMemory => {
  const ranMs = pids.map((pid, index) => cpuTimeOf([pid]).ranMs - ranAtStartMs[index]!);
  const residents = pids.map(residentMib);
  return {
    carrierMib: residents[ranMs.indexOf(Math.max(...ranMs))]!,
    allMib: residents.reduce((sum, mib) => sum + mib, 0),
  };
};

const GC_DIARY = pathToFileURL('benchmarks/peers/gc-diary/main.ts').href;

const pausesOf = (folder: string, pids: readonly number[], fromMs: number, toMs: number): GcPauses =>
  pids.reduce((all, pid) => {
    const diary = readFileSync(join(folder, `${pid}.gc`), 'utf8');
    return joinedPauses(all, pausesWithin(diary, fromMs, toMs));
  }, NO_PAUSES);

const listening = async (child: BenchProcess, port: number): Promise<void> => {
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  while (!(await takesConnections(port))) {
    if (child.isGone) throw new Error(`${child.name} did not start: ${child.said.trim()}`);
    if (performance.now() > giveUpAtMs) {
      child.kill();
      throw new Error(`${child.name} took no connection in ${PATIENCE_MS / 1000} s: ${child.said.trim()}`);
    }
    await sleep(50);
  }
};

const takesConnections = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

const PATIENCE_MS = 60_000;

/** Processes that it starts, and its connections to endpoints. */
const SETTLE_MS = 500;
