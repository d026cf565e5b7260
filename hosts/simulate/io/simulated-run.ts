import type { Event } from '../../../core/event/event.ts';
import { EventFile } from '../../../core/event/io/event-file.ts';
import { loggedEvent } from '../../../core/event/logged-event.ts';
import { inTurns } from '../../../core/process/io/in-turns.ts';
import type { RunCharts } from '../../../report/charts/charts-schema.ts';
import { ofRepetition } from '../../../report/charts/of-repetition.ts';
import { runCharts } from '../../../report/charts/run-charts.ts';
import { machineName } from '../../../report/io/machine-name.ts';
import { RequestsFile } from '../../../report/io/requests-file.ts';
import { type AnswerTimes, answerTimesOf } from '../../../report/regret/answer-times.ts';
import { requestLines } from '../../../report/requests-csv.ts';
import { RunTally } from '../../../report/run-tally.ts';
import { summaryOfTally } from '../../../report/summary.ts';
import type { Summary } from '../../../report/summary-schema.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
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
  /** The file that its events are appended to; null where nobody asked for them. */
  readonly events: string | null;
  /** The file that the lines of its requests are written to; null where nobody asked for them. */
  readonly requests: string | null;
  /** Whether it is to keep when each request had its first token: a bound runs beside it. */
  readonly keepsAnswerTimes?: boolean;
  /** Settings of the routers in place of the scenario's, which leave paths and requests as they are. */
  readonly router?: Scenario['router'];
}

/** What is left of a task that began. It can be passed between threads. */
export interface TaskOutcome {
  /** Of its one run; null when it was stopped before that began. */
  readonly summary: Summary | null;
  /** What charts show of it; null where it leaves no files. */
  readonly charts: RunCharts | null;
  /** Null where nobody asked for them. */
  readonly answerTimes: AnswerTimes | null;
  /** What the disk did not take, and why; null while it has taken everything. */
  readonly fault: { readonly path: string; readonly reason: string } | null;
}

/**
 * Simulates one task and adds it up, until its end or until the board says to stop. Lets signals and timers in. What is added up is what a
 * log keeps of each event, so the summary is that of the log.
 */
export const simulatedRun = async (
  task: SimulationTask,
  { plan, topology, board }: { readonly plan: RunPlan; readonly topology: Topology; readonly board: TaskBoard },
): Promise<TaskOutcome> => {
  const { scenario, schedule } = plan;
  const { policy, index, events } = task;
  const run = plan.runEvent(policy, { host: 'simulate', shaper: 'emulator' });
  const tally = new RunTally(run);
  const file = events === null ? null : new EventFile(events, { append: true });
  let requests = 0;
  const emit = (event: Event): void => {
    if (event.kind === 'sent') requests++;
    tally.add(loggedEvent(event));
    file?.emit(event);
  };
  file?.emit(run);
  for (const virtualMs of simulate({ scenario, topology, schedule, policy, emit })) {
    board.tell(index, { virtualMs, requests });
    await new Promise(setImmediate);
    if (board.isStopped || file?.fault) break;
  }
  file?.close();
  const lines = task.requests === null ? null : new RequestsFile(task.requests);
  if (lines !== null) await inTurns(requestLines(tally), lines.write);
  lines?.close();
  const lost = file?.lost ?? 0;
  const fault = file?.fault ?? lines?.fault ?? null;
  return {
    summary: summaryOfTally(tally, machineName(), { lost, torn: 0 }),
    charts: task.requests === null ? null : ofRepetition(runCharts(tally), task.repetition),
    answerTimes: task.keepsAnswerTimes === true ? answerTimesOf(tally) : null,
    fault: fault && { path: fault.path, reason: fault.reason },
  };
};
