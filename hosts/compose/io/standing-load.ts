import { DiskError, diskErrorOf } from '../../../core/config/disk-error.ts';
import { RunLog } from '../../../core/event/io/run-log.ts';
import { RunFolder } from '../../../core/process/io/run-folder.ts';
import { watchStillness } from '../../../core/process/io/stillness.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { LOAD } from '../../../scenario/deployment/compose-file.ts';
import type { DeploymentEnvironment } from '../../../scenario/deployment/environment.ts';
import { routerAgreementOf } from '../../../scenario/deployment/io/standing-of.ts';
import { accessDoors, reachedAt } from '../../../scenario/deployment/namespace-plan.ts';
import { standingParts } from '../../../scenario/deployment/parts.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import type { Topology } from '../../../scenario/topology.ts';
import type { LoadGenerator, LoadProgress } from '../../../services/client/io/load-generator.ts';
import type { Schedule } from '../../../workload/schedule.ts';
import { connectedLoad, taxOfLoad } from '../../io/live-load.ts';
import { healthyParts, type StandingHealth } from './standing-health.ts';
import { areClosed } from './standing-logs.ts';

export interface StandingLoadOptions {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly schedule: Schedule;
  /** What the routers have to run. */
  readonly policy: string;
  readonly deployment: DeploymentEnvironment;
  readonly onWaiting: (names: readonly string[]) => void;
  readonly onProgress: (progress: LoadProgress) => void;
  /** Ends the run early, with the results so far. */
  readonly signal: AbortSignal;
}

export interface StandingRun extends StandingHealth {
  /** Names the run among those of the topology. */
  readonly id: string;
  /** Where the logs of all parts are. */
  readonly logs: string;
  /** Why the disk with the logs did not take all of them; null where it did. The run then ended early. */
  readonly unwritten: DiskError | null;
}

/**
 * Sends one load to a running topology, from beside it, and has every part record the run. Rejects when another load is
 * recorded: the two would measure each other. When the disk with the logs takes no more, the run ends early, with what is there;
 * rejects with `DiskError` when it does not even take the announcement.
 */
export const driveStanding = async (options: StandingLoadOptions): Promise<StandingRun> => {
  const { scenario, topology, schedule, policy, deployment, onWaiting, onProgress, signal } = options;
  const parts = standingParts(scenario);
  const health = await healthyTopology({ scenario, deployment, onWaiting, signal });
  if (health.policy !== policy)
    throw new Error(`the topology runs ${health.policy}, not ${policy}: did another one switch it?`);
  const folder = new RunFolder(deployment.runFolder);
  const other = folder.recording();
  if (other !== null && !other.isOver && Date.now() < other.untilUnixMs) {
    throw new Error(`${other.id} is being recorded: run one load at a time`);
  }
  const tax = await taxOfLoad(scenario, schedule);
  const fromUnixMs = Date.now() + Math.max(LEAD_MS, LEAD_ANSWERS * health.slowestAnswerMs);
  const id = `run-${new Date(fromUnixMs).toISOString().replaceAll(/[:.]/g, '-')}`;
  const untilUnixMs = fromUnixMs + (scenario.durationS + scenario.drainS) * 1000;
  const announce = ({ isOver }: { readonly isOver: boolean }): void =>
    folder.record({ id, fromUnixMs, untilUnixMs: Date.now() + LEASE_MS, isOver });
  const checkAlone = (): void => {
    if (folder.recording()?.id !== id) throw new Error('another load began in the middle of this one');
  };
  announce({ isOver: false });
  if (deployment.start === 'awaited' && folder.startUnixMs() === null) folder.beginAt(fromUnixMs);
  const logs = folder.logsOf(id);
  let unwritten: DiskError | null = null;
  const diskIsFull = Promise.withResolvers<void>();
  const keepFault = (fault: DiskError): void => {
    unwritten ??= fault;
    diskIsFull.resolve();
  };
  const log = new RunLog(LOAD, keepFault);
  const clock = new SystemClock({ startUnixMs: fromUnixMs });
  log.open(logs, 0, clock.now());
  let load: LoadGenerator | null = null;
  const reporting = watchStillness(
    PROGRESS_MS,
    () => load !== null && onProgress(load.progress),
    (reason) => log.emit({ kind: 'fault', atMs: clock.now(), part: LOAD, reason }),
  );
  const spoilt = Promise.withResolvers<never>();
  spoilt.promise.catch(() => {}); // it may reject after everyone stopped waiting
  const renewing = setInterval(() => {
    try {
      checkAlone();
      announce({ isOver: false });
    } catch (error) {
      if (error instanceof DiskError) keepFault(error);
      else spoilt.reject(error);
    }
  }, RENEW_MS);
  try {
    load = await connectedLoad({
      ...{ scenario, schedule, part: LOAD, tax, clock, emit: log.emit },
      addresses: new Map(
        [...accessDoors(topology)].map(([client, { host, port }]) => [
          client,
          `${reachedAt(host, deployment)}:${port}`,
        ]),
      ),
    });
    const over = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      setTimeout(resolve, untilUnixMs - Date.now()).unref();
    });
    if (!signal.aborted) await Promise.race([load.run(), over, diskIsFull.promise, spoilt.promise]);
    checkAlone();
  } finally {
    clearInterval(reporting);
    clearInterval(renewing);
    load?.close({ isInterrupted: signal.aborted || unwritten !== null });
    log.close(clock.now());
    clock.close();
    try {
      if (folder.recording()?.id === id) announce({ isOver: true });
    } catch (error) {
      keepFault(diskErrorOf(logs, error)); // the parts stop to record when the lease of the run ends
    }
  }
  const names = parts.map(({ name }) => name);
  for (let waitedMs = 0; waitedMs < CLOSING_MS && !areClosed(logs, names); waitedMs += CLOSING_POLL_MS) {
    await new Promise((resolve) => setTimeout(resolve, CLOSING_POLL_MS));
  }
  return { ...health, id, logs, unwritten };
};

/** Resolves when every part of a topology is healthy, from beside it. Rejects when that takes too long or `signal` aborts. */
export const healthyTopology = (
  options: Pick<StandingLoadOptions, 'scenario' | 'deployment' | 'onWaiting' | 'signal'>,
): Promise<StandingHealth> => {
  const { scenario, deployment, onWaiting, signal } = options;
  const parts = standingParts(scenario).map((part) => ({ ...part, host: reachedAt(part.host, deployment) }));
  return healthyParts({ parts, agrees: routerAgreementOf(scenario), withinMs: HEALTHY_MS, onWaiting, signal });
};

const HEALTHY_MS = 120_000;

/**
 * From the announcement of a run to its start. Every part looks for it twenty times a second. A machine that answers slowly
 * also begins slowly, so it gets more time.
 */
const LEAD_MS = 1500;
const LEAD_ANSWERS = 10;

/** How much longer the parts record when the load stops reporting, and how often it reports that it continues. */
const LEASE_MS = 5000;
const RENEW_MS = 1000;

const PROGRESS_MS = 250;
const CLOSING_MS = 10_000;
const CLOSING_POLL_MS = 100;
