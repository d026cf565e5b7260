import { resolve } from 'node:path';
import type { DiskError } from '../../../core/config/disk-error.ts';
import type { EventSink } from '../../../core/event/event.ts';
import { inTurns } from '../../../core/process/io/in-turns.ts';
import { steadyOf, steadyUnixMs } from '../../../core/time/io/steady-unix.ts';
import { writeScenario } from '../../../scenario/io/written-scenario.ts';
import type { Overrides } from '../../../scenario/scenario.ts';
import type { LoadProgress } from '../../../services/client/io/load-generator.ts';
import { announceRun } from './live-runs.ts';
import { type LocalReload, localReload } from './local-reload.ts';
import { LocalTopology, type LocalTopologyOptions } from './local-topology.ts';

/** From when all parts are connected to the start of the run: long enough for every part to learn the start. */
const LEAD_MS = 200;

export interface LocalRunOptions extends Omit<LocalTopologyOptions, 'scenarioFile'> {
  /** The file that the scenario was read from, and what was said over it. */
  readonly scenarioFile: string;
  readonly overrides: Overrides;
  /** Whether an edit of the router's part of that file counts at once. */
  readonly watchRouter: boolean;
  /** Hears what the routers loaded anew, or why they did not. */
  readonly onReload: (line: string) => void;
  readonly emit: EventSink;
  readonly onProgress: (progress: LoadProgress) => void;
  /** Called at once when a node or a process of the load died; the run continues. */
  readonly onFault: (message: string) => void;
  /** Ends the run early, with the results so far. */
  readonly signal: AbortSignal;
}

/**
 * Runs one policy on this machine: every node, every router, the relays of both sides and the load are processes, and gRPC
 * crosses the loopback through the relays. Resolves when all of them have ended. A node or a process of the load may die during the run,
 * which is logged; if any other part dies, the run cannot continue, and it rejects. When the disk does not take the log of a part, the run
 * ends early, with what is there, and resolves to why.
 */
export const runLocal = async (options: LocalRunOptions): Promise<DiskError | null> => {
  const { scenario, scenarioFile, overrides, policy, emit, signal } = options;
  // Whoever edits the file meanwhile does not change what later parts read.
  const topology = new LocalTopology({ ...options, scenarioFile: writeScenario(scenario, options.workFolder) });
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  let beganUnixMs: number | null = null;
  let endedAtMs = 0;
  let unwritten: DiskError | null = null;
  const isInterrupted = (): boolean => signal.aborted || unwritten !== null;
  let withdraw = (): void => {};
  let reload: LocalReload | null = null;
  const diskIsFull = Promise.withResolvers<void>();
  try {
    await Promise.race([topology.connect(), aborted]);
    if (signal.aborted) {
      emit({ kind: 'ended', atMs: 0, isInterrupted: true });
      return null;
    }
    reload = await localReload({ topology, scenario, scenarioFile, overrides, policy, say: options.onReload });
    const startUnixMs = Date.now() + LEAD_MS;
    const steadyStartMs = steadyOf(startUnixMs);
    topology.onNodeLost = (name, reason) => {
      options.onFault(`node ${name} ${reason}; the run goes on without it`);
      emit({ kind: 'fault', atMs: steadyUnixMs() - steadyStartMs, part: `node ${name}`, reason });
    };
    topology.load.onLost = (name, reason) => {
      options.onFault(`${name} ${reason}; what it sent until then is kept`);
      emit({ kind: 'fault', atMs: steadyUnixMs() - steadyStartMs, part: name, reason });
    };
    topology.onUnwritten = (fault) => {
      unwritten ??= fault;
      diskIsFull.resolve();
    };
    topology.load.onProgress = options.onProgress;
    const { faults, name } = scenario;
    withdraw = announceRun({
      scenario: name,
      file: resolve(scenarioFile),
      reload: reload.door,
      token: faults?.token ?? null,
      nodePorts: Object.fromEntries(topology.nodePorts),
      nodePids: Object.fromEntries(topology.nodes.map(({ name: node, part }) => [node, part.pid])),
      startUnixMs,
    });
    topology.begin(startUnixMs);
    beganUnixMs = startUnixMs;
    if (options.watchRouter) reload.watch();
    const limitMs = LEAD_MS + (scenario.durationS + scenario.drainS) * 1000;
    await Promise.race([topology.load.done(), after(limitMs), aborted, diskIsFull.promise, topology.lost]);
    endedAtMs = Date.now() - startUnixMs;
  } finally {
    withdraw();
    reload?.close();
    await topology.stop({ isInterrupted: isInterrupted() });
    if (beganUnixMs !== null) await inTurns(topology.events(), emit);
  }
  emit({ kind: 'ended', atMs: endedAtMs, isInterrupted: isInterrupted() });
  return unwritten;
};

const after = (limitMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, limitMs).unref());
