import { COMPILED_CODE } from '../../../core/process/io/compiled-code.ts';
import type { TaskBoard } from '../task-board.ts';
import type { SimulationTask, TaskOutcome } from './simulated-run.ts';
import { type PreparedRepetition, type SimulationWork, TaskRunner } from './task-runner.ts';

/** What a worker thread begins with. */
export interface SimulatorData {
  readonly work: SimulationWork;
  readonly memory: SharedArrayBuffer;
  /** What is known of ways through space: see `Geometry`. */
  readonly memories: ReadonlyMap<string, SharedArrayBuffer>;
}

/** What came of all tasks. */
export interface AllOutcomes {
  /** In the order of the tasks; null for a task that did not begin, and for one whose thread died. */
  readonly outcomes: readonly (TaskOutcome | null)[];
  /** Why the command ended early, as one line; null when no task failed. */
  readonly failure: string | null;
}

/**
 * Runs all tasks, as many at once as there are workers: with one in this thread, with more in threads of their own. What each task gives
 * does not depend on that. After a task that fails, and after one whose disk is full, no other begins, and those that run are stopped,
 * as by `board.stop()`.
 */
export const simulateAll = async (options: {
  readonly tasks: readonly SimulationTask[];
  readonly work: SimulationWork;
  readonly board: TaskBoard;
  readonly workers: number;
  /** The module of a worker thread, which exports `run`. */
  readonly workerModule: string;
  /** The first repetition, for this thread. */
  readonly prepared: PreparedRepetition;
  /** Asked after each task, with what came of all so far; when it says so, no other begins and those that run are stopped. */
  readonly isEnough?: (outcomes: readonly (TaskOutcome | null)[]) => boolean;
}): Promise<AllOutcomes> => {
  const { tasks, work, board, workerModule, prepared, isEnough = () => false } = options;
  const { geometry } = prepared.plan;
  const workers = Math.min(options.workers, tasks.length);
  if (workers === 1)
    return inTurn(tasks, 1, { board, isEnough }, new TaskRunner(work, { board, geometry, prepared }).run);
  const workerData: SimulatorData = { work, memory: board.memory, memories: geometry?.memories ?? new Map() };
  const { Piscina } = await import('piscina'); // it takes as long to load as some hundred requests
  const pool = new Piscina<SimulationTask, TaskOutcome>({
    filename: workerModule,
    name: 'run',
    minThreads: workers,
    maxThreads: workers,
    atomics: 'disabled', // a thread that sleeps until its next task would not write its log
    workerData,
    env: { NODE_COMPILE_CACHE: COMPILED_CODE, ...process.env }, // a thread loads what another has compiled, but only if it is told
  });
  try {
    return await inTurn(tasks, workers, { board, isEnough }, (task) => pool.run(task));
  } finally {
    await pool.destroy();
  }
};

const inTurn = async (
  tasks: readonly SimulationTask[],
  atOnce: number,
  {
    board,
    isEnough,
  }: { readonly board: TaskBoard; readonly isEnough: (outcomes: readonly (TaskOutcome | null)[]) => boolean },
  run: (task: SimulationTask) => Promise<TaskOutcome>,
): Promise<AllOutcomes> => {
  const outcomes: (TaskOutcome | null)[] = tasks.map(() => null);
  const left = tasks.values();
  let failure: string | null = null;
  const work = async (): Promise<void> => {
    for (const task of left) {
      if (board.isStopped) return;
      try {
        const outcome = await run(task);
        outcomes[task.index] = outcome;
        if (outcome.fault !== null || isEnough(outcomes)) board.stop();
      } catch (error) {
        board.stop();
        failure ??= `${task.policy} under seed ${task.seed} failed: ${(error as Error).message}`;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { outcomes, failure };
};
