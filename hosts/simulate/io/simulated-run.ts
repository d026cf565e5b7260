import { EventFile } from '../../../core/event/io/event-file.ts';
import type { RunCharts } from '../../../report/charts/charts-schema.ts';
import { ofRepetition } from '../../../report/charts/of-repetition.ts';
import { summaryOfLog } from '../../../report/io/summary-of-log.ts';
import type { Summary } from '../../../report/summary-schema.ts';
import type { Topology } from '../../../scenario/topology.ts';
import type { RunPlan } from '../../run-plan.ts';
import { simulate } from '../simulate.ts';
import type { TaskBoard } from '../task-board.ts';

/** One policy under one seed. Tasks do not depend on each other, nor on the thread that runs them. */
export interface SimulationTask {
  /** Its place among the tasks of the command, and on the board. */
  readonly index: number;
  readonly policy: string;
  readonly seed: number;
  /** Counts from 1. */
  readonly repetition: number;
  /** The file that its events are appended to. */
  readonly log: string;
}

/** What is left of a task that began. It can be passed between threads. */
export interface TaskOutcome {
  /** Of its one run; null when it was stopped before that began. */
  readonly summary: Summary | null;
  readonly charts: readonly RunCharts[];
  /** What the disk did not take, and why; null while it has taken everything. */
  readonly fault: { readonly path: string; readonly reason: string } | null;
}

/** Simulates, logs and sums up one task, until its end or until the board says to stop. Lets signals and timers in. */
export const simulatedRun = async (
  task: SimulationTask,
  { plan, topology, board }: { readonly plan: RunPlan; readonly topology: Topology; readonly board: TaskBoard },
): Promise<TaskOutcome> => {
  const { scenario, schedule } = plan;
  const { policy, index, log } = task;
  const file = new EventFile(log, { append: true });
  file.emit(plan.runEvent(policy, { host: 'simulate', shaper: 'emulator' }));
  let requests = 0;
  for (const virtualMs of simulate({ scenario, topology, schedule, policy, emit: file.emit })) {
    while (requests < schedule.length && schedule[requests]!.atMs <= virtualMs) requests++;
    board.tell(index, { virtualMs, requests });
    await new Promise(setImmediate);
    if (board.isStopped || file.fault !== null) break;
  }
  file.close();
  const { fault } = file;
  const summed = await summaryOfLog(log, { lost: file.lost });
  return {
    summary: summed?.summary ?? null,
    charts: (summed?.charts ?? []).map((one) => ofRepetition(one, task.repetition)),
    fault: fault && { path: fault.path, reason: fault.reason },
  };
};
