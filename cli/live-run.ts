import { join } from 'node:path';
import type { DiskError } from '../core/config/disk-error.ts';
import type { EventSink, HostKind } from '../core/event/event.ts';
import { inTurns } from '../core/process/io/in-turns.ts';
import { runCompose } from '../hosts/compose/io/compose.ts';
import { runLocal } from '../hosts/local/io/local.ts';
import type { RunPlan } from '../hosts/run-plan.ts';
import { unplayedFaults } from '../hosts/unplayed-faults.ts';
import { withEnd } from '../hosts/with-end.ts';
import type { ShaperChoice } from '../scenario/deployment/environment.ts';
import type { Overrides } from '../scenario/scenario.ts';
import { writeComposeFile } from './compose.ts';
import { progressText } from './load.ts';

/** One policy on a live host. */
export interface HostedRun {
  readonly file: string;
  readonly overrides: Overrides;
  readonly plan: RunPlan;
  readonly policy: string;
  /** Gets every event of the run, the line that opens it first. */
  readonly emit: EventSink;
  /** An empty folder of this run alone, for its temporary files. */
  readonly workFolder: string;
  /** Of the router; 0 for any. */
  readonly port: number;
  /** On this machine alone: whether an edit of the router's part of the file counts at once. */
  readonly watchRouter: boolean;
  /** In containers alone. */
  readonly shaper: ShaperChoice;
  /** In containers alone: whether they are left running. */
  readonly keep: boolean;
  readonly show: (share: number | null, detail: string) => void;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

/** How it ended. */
export interface LiveEnd {
  /** Whether anything was sent. */
  readonly hasRun: boolean;
  /** Why the disk did not take all logs of the parts; null where it did. */
  readonly unwritten: DiskError | null;
}

const runOnThisMachine = async (run: HostedRun): Promise<LiveEnd> => {
  const { file, overrides, plan, policy, emit, workFolder, port, show, warn, signal } = run;
  const { scenario } = plan;
  show(null, 'starting nodes, relays, router and load');
  emit(plan.runEvent(policy, { host: 'local', shaper: 'relay' }));
  const unwritten = await runLocal({
    scenario,
    scenarioFile: file,
    overrides,
    policy,
    routerPort: port,
    workFolder,
    emit,
    onProgress: (now) => show(now.ended / plan.expectedRequests, progressText(now, plan.expectedRequests)),
    onFault: warn,
    watchRouter: run.watchRouter,
    onReload: warn,
    signal,
  });
  return { hasRun: true, unwritten };
};

const runInContainers = async (run: HostedRun): Promise<LiveEnd> => {
  const { file, overrides, plan, policy, emit, workFolder, port, show, warn, signal } = run;
  const { scenario } = plan;
  // Many may run at once on one machine, each with a name of its own.
  const projectName = `starlane-${scenario.name}-${process.pid}`;
  const outcome = await runCompose({
    scenario,
    overrides,
    policy,
    shaper: run.shaper,
    composeFile: writeComposeFile(file, {
      out: join(workFolder, 'docker-compose.yml'),
      results: workFolder,
      set: overrides.set ?? [],
    }),
    projectName,
    routerPort: port,
    workFolder,
    keep: run.keep,
    onStage: (stage) => show(null, stage),
    onProgress: (now) => show(now.ended / plan.expectedRequests, progressText(now, plan.expectedRequests)),
    signal,
  });
  if (run.keep) warn(`the containers keep running; take them down with: starlane down ${projectName}`);
  if (outcome === null) return { hasRun: false, unwritten: null };
  if (outcome.shaper !== 'netem')
    warn(`the kernel’s netem was not used: paths were played by shaper ${outcome.shaper}`);
  emit(plan.runEvent(policy, { host: 'compose', shaper: outcome.shaper }));
  for (const unplayed of unplayedFaults(scenario, 'compose')) emit(unplayed);
  await inTurns(withEnd(outcome.events, signal.aborted || outcome.unwritten !== null), emit);
  return { hasRun: true, unwritten: outcome.unwritten };
};

/** How each live host runs one policy. */
export const liveRunOn: Readonly<Record<Exclude<HostKind, 'simulate'>, (run: HostedRun) => Promise<LiveEnd>>> = {
  local: runOnThisMachine,
  compose: runInContainers,
};
