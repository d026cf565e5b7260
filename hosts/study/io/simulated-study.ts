import { availableParallelism } from 'node:os';
import { withRegret } from '../../../report/regret/regret.ts';
import { mergedSummary } from '../../../report/summary.ts';
import type { Summary } from '../../../report/summary-schema.ts';
import { keptGeometry } from '../../../scenario/io/kept-geometry.ts';
import type { Overrides, Scenario } from '../../../scenario/scenario.ts';
import { recordingTopology } from '../../../scenario/topology.ts';
import { repetitionSeeds } from '../../repetition-seeds.ts';
import { planOf } from '../../run-plan.ts';
import { simulateAll } from '../../simulate/io/simulate-all.ts';
import { isKeptForRegret } from '../../simulate/kept-for-regret.ts';
import { TaskBoard } from '../../simulate/task-board.ts';
import { usualWorkers } from '../../simulate/usual-workers.ts';

/** One scenario after overrides, under some policies and several seeds. */
export interface Study {
  readonly scenario: Scenario;
  /** Those that the scenario was read with. */
  readonly overrides: Overrides;
  /** Policies that the scenario knows. */
  readonly policies: readonly string[];
  readonly repeat: number;
}

/** What studies are simulated with. */
export interface StudyMeans {
  /** By default what pays for the number of requests. */
  readonly workers: number | undefined;
  /** The module of a worker thread: see `simulateAll`. */
  readonly workerModule: string;
  /** Of the code, for summaries. */
  readonly commit: string | null;
  readonly signal: AbortSignal;
}

/**
 * Simulates a study without writing anything. `onShare` hears how much of it is done. Resolves to null where `signal` stopped it; rejects where
 * a run fails. Throws `ConfigError`.
 */
export const simulatedStudy = async (
  { scenario, overrides, policies, repeat }: Study,
  { workers, workerModule, commit, signal, onShare }: StudyMeans & { readonly onShare: (share: number) => void },
): Promise<Summary | null> => {
  const { geometry, keep } = keptGeometry(scenario);
  const plan = planOf(scenario, { overrides, commit, repetition: 1, geometry });
  const { schedule } = plan;
  const endMs = (scenario.durationS + scenario.drainS) * 1000;
  const links = recordingTopology(plan.topology, endMs);
  let computed = links.next();
  for (; computed.done !== true; computed = links.next()) {
    await new Promise(setImmediate);
    if (signal.aborted) return null;
  }
  const tasks = repetitionSeeds(scenario.seed, repeat)
    .flatMap((seed, index) => policies.map((policy) => ({ policy, seed, repetition: index + 1 })))
    .map((task, index) => ({
      ...{ ...task, index, events: null, requests: null },
      keepsAnswerTimes: isKeptForRegret(scenario, { policies, repetition: task.repetition }),
    }));
  const board = TaskBoard.for(tasks.length);
  const stop = (): void => board.stop();
  signal.addEventListener('abort', stop);
  const showing = setInterval(() => {
    const doneMs = tasks.reduce((sum, { index }) => sum + board.of(index).virtualMs, 0);
    onShare(doneMs / (endMs * tasks.length));
  }, SHOWN_EACH_MS);
  try {
    const { outcomes, failure } = await simulateAll({
      tasks,
      work: { scenario, overrides, commit },
      board,
      workers: workers ?? usualWorkers(tasks.length, schedule.length, availableParallelism()),
      workerModule,
      prepared: { repetition: 1, plan, topology: computed.value },
    });
    keep();
    if (failure !== null) throw new Error(failure);
    if (signal.aborted) return null;
    const answerTimes = outcomes.flatMap((outcome) => outcome?.answerTimes ?? []);
    return mergedSummary(
      outcomes.flatMap((outcome) => (outcome?.summary ? withRegret(outcome.summary, answerTimes) : [])),
      { runs: tasks.length, repetitions: repeat },
    );
  } finally {
    clearInterval(showing);
    signal.removeEventListener('abort', stop);
  }
};

const SHOWN_EACH_MS = 200;
