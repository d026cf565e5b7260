import { join } from 'node:path';
import { DiskError } from '../../../core/config/disk-error.ts';
import type { Event } from '../../../core/event/event.ts';
import { LOAD } from '../../../scenario/deployment/compose-file.ts';
import type { ShaperChoice } from '../../../scenario/deployment/environment.ts';
import { routerPart, USERS } from '../../../scenario/deployment/namespace-plan.ts';
import { standingParts } from '../../../scenario/deployment/parts.ts';
import { publishedAt } from '../../../scenario/deployment/ports.ts';
import { routerPlansOf } from '../../../scenario/router-plan.ts';
import type { Overrides, Scenario } from '../../../scenario/scenario.ts';
import type { LoadProgress } from '../../../services/client/io/load-generator.ts';
import { ComposeProject } from './compose-project.ts';
import { standingLogs } from './standing-logs.ts';

export interface ComposeRunOptions {
  readonly scenario: Scenario;
  readonly overrides: Overrides;
  readonly policy: string;
  readonly shaper: ShaperChoice;
  /** The compose file of the scenario. */
  readonly composeFile: string;
  readonly projectName: string;
  /** Where the router is published on 127.0.0.1, each further one at the next port; 0 lets the engine choose. */
  readonly routerPort: number;
  /** A folder for this run alone. */
  readonly workFolder: string;
  /** Leaves the topology running. */
  readonly keep: boolean;
  readonly onStage: (stage: string) => void;
  readonly onProgress: (progress: LoadProgress) => void;
  readonly signal: AbortSignal;
}

export interface ComposeRun {
  readonly shaper: string;
  /** What all parts logged, in the order of time, read on demand. */
  readonly events: Iterable<Event>;
  /** Why the disk did not take all of the logs; null where it did. */
  readonly unwritten: DiskError | null;
}

/** The lines that the load prints. */
export type LoadLine =
  | { readonly kind: 'waiting'; readonly names: readonly string[] }
  | { readonly kind: 'progress'; readonly progress: LoadProgress }
  | {
      readonly kind: 'over';
      readonly logs: string;
      readonly shaper: string;
      readonly policy: string;
      /** Set where the disk did not take all of the logs. */
      readonly unwritten: { readonly path: string; readonly reason: string } | null;
    };

/**
 * Runs one policy in containers: starts the topology, has the load wait until every part is healthy and set the start, collects
 * the logs and takes everything down. Null when it was stopped before it sent anything. Rejects, with everything down, when
 * Docker or the load fails.
 */
export const runCompose = async (options: ComposeRunOptions): Promise<ComposeRun | null> => {
  const { scenario, onStage, onProgress, signal } = options;
  const project = new ComposeProject({
    name: options.projectName,
    file: options.composeFile,
    routers: routerPlansOf(scenario).map(routerPart),
    environment: environmentOf(options),
  });
  let over: Extract<LoadLine, { kind: 'over' }> | null = null;
  const onLine = (text: string): void => {
    const line = JSON.parse(text) as LoadLine;
    if (line.kind === 'over') over = line;
    else if (line.kind === 'progress') onProgress(line.progress);
    else onStage(`waiting for ${line.names.join(', ')}`);
  };
  try {
    onStage('building images');
    await project.build({ signal });
    onStage('starting containers');
    await project.up({ signal });
    await project.load(['--lines'], { onLine, signal });
    if (over === null) throw new Error('the load ended without reporting its results');
    return await collected(project, over, scenario, options.workFolder);
  } catch (error) {
    if (!signal.aborted) throw error;
    return over === null ? null : await collected(project, over, scenario, options.workFolder);
  } finally {
    if (options.keep) {
      project.keep();
    } else {
      onStage('taking containers down');
      await project.down();
    }
  }
};

const collected = async (
  project: ComposeProject,
  over: Extract<LoadLine, { kind: 'over' }>,
  scenario: Scenario,
  workFolder: string,
): Promise<ComposeRun> => {
  const logs = join(workFolder, 'logs');
  await project.copy(USERS, over.logs, logs);
  const parts = [...standingParts(scenario).map(({ name }) => name), LOAD];
  const { shaper } = over;
  const unwritten = over.unwritten && new DiskError(over.unwritten.path, over.unwritten.reason);
  return { shaper, events: standingLogs(logs, parts, unwritten), unwritten };
};

const environmentOf = (options: ComposeRunOptions): Record<string, string> => {
  const { scenario, overrides, policy, shaper, routerPort } = options;
  const { seed, durationS, ratePerS } = overrides;
  return {
    STARLANE_START: 'awaited',
    STARLANE_POLICY: policy,
    STARLANE_SHAPER: shaper,
    ...publishedAt(routerPlansOf(scenario).map((_, index) => (routerPort === 0 ? 0 : routerPort + index))),
    STARLANE_SEED: seed === undefined ? '' : String(seed),
    STARLANE_DURATION_S: durationS === undefined ? '' : String(durationS),
    STARLANE_RATE_PER_S: ratePerS === undefined ? '' : String(ratePerS),
  };
};
