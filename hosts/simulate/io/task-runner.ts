import type { Geometry } from '../../../netem/sky/path/geometry.ts';
import type { Overrides, Scenario } from '../../../scenario/scenario.ts';
import { recordingTopology, type Topology } from '../../../scenario/topology.ts';
import { planOf, type RunPlan } from '../../run-plan.ts';
import type { TaskBoard } from '../task-board.ts';
import { type SimulationTask, simulatedRun, type TaskOutcome } from './simulated-run.ts';

/** What all tasks of a command have in common. It can be passed between threads. */
export interface SimulationWork {
  /** Under the seed of the first repetition. */
  readonly scenario: Scenario;
  readonly overrides: Overrides;
  readonly commit: string | null;
}

/** A repetition with its links computed. */
export interface PreparedRepetition {
  readonly repetition: number;
  readonly plan: RunPlan;
  readonly topology: Topology;
}

/** Runs tasks one after another in one thread. It keeps the last repetition, which other policies use too. */
export class TaskRunner {
  readonly #work: SimulationWork;
  readonly #board: TaskBoard;
  readonly #geometry: Geometry | undefined;
  #prepared: PreparedRepetition | null;

  constructor(
    work: SimulationWork,
    {
      board,
      geometry,
      prepared = null,
    }: {
      readonly board: TaskBoard;
      readonly geometry: Geometry | undefined;
      readonly prepared?: PreparedRepetition | null;
    },
  ) {
    this.#work = work;
    this.#board = board;
    this.#geometry = geometry;
    this.#prepared = prepared;
  }

  readonly run = async (task: SimulationTask): Promise<TaskOutcome> => {
    if (this.#prepared?.repetition !== task.repetition) this.#prepared = await this.#prepare(task);
    if (this.#prepared === null) return { summary: null, charts: null, answerTimes: null, fault: null };
    const { plan, topology } = this.#prepared;
    const own = task.router === undefined ? plan : plan.withRouter(task.router);
    const { routers } = own.topology;
    return simulatedRun(task, { plan: own, topology: { ...topology, routers }, board: this.#board });
  };

  async #prepare({ repetition, seed }: SimulationTask): Promise<PreparedRepetition | null> {
    const { scenario, overrides, commit } = this.#work;
    const plan = planOf({ ...scenario, seed }, { overrides, commit, repetition, geometry: this.#geometry });
    const links = recordingTopology(plan.topology, (scenario.durationS + scenario.drainS) * 1000, this.#geometry);
    for (;;) {
      const { done, value } = links.next();
      if (done === true) return { repetition, plan, topology: value };
      await new Promise(setImmediate);
      if (this.#board.isStopped) return null;
    }
  }
}
