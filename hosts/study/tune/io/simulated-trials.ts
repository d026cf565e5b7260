import { availableParallelism } from 'node:os';
import { DiskError } from '../../../../core/config/disk-error.ts';
import { keptGeometry } from '../../../../scenario/io/kept-geometry.ts';
import { resolvedScenario } from '../../../../scenario/resolved-scenario.ts';
import type { Overrides, Scenario } from '../../../../scenario/scenario.ts';
import { recordingTopology } from '../../../../scenario/topology.ts';
import { planOf } from '../../../run-plan.ts';
import { simulateAll } from '../../../simulate/io/simulate-all.ts';
import type { SimulationTask, TaskOutcome } from '../../../simulate/io/simulated-run.ts';
import type { PreparedRepetition } from '../../../simulate/io/task-runner.ts';
import { TaskBoard } from '../../../simulate/task-board.ts';
import { usualWorkers } from '../../../simulate/usual-workers.ts';
import type { StudyMeans } from '../../io/simulated-study.ts';
import { type KeptTrials, type TrialResult, trialResult } from './kept-trials.ts';

/** One simulation: settings of the router under a seed. */
export interface RouterTrial {
  readonly router: Scenario['router'];
  readonly seed: number;
}

/**
 * Simulates one policy of a scenario under many settings of the router. What the settings do not change, paths and requests, is computed once a seed
 * and shared. What is kept of an earlier command is taken.
 */
export class SimulatedTrials {
  readonly #scenario: Scenario;
  readonly #policy: string;
  readonly #overrides: Overrides;
  readonly #means: StudyMeans;
  readonly #kept: KeptTrials;
  readonly #hash: string;
  #prepared: { readonly of: PreparedRepetition; readonly keep: () => void } | null = null;
  readonly #repetitions = new Map<number, number>();
  #taken = 0;

  constructor(
    of: { readonly scenario: Scenario; readonly overrides: Overrides; readonly policy: string },
    means: StudyMeans,
    kept: KeptTrials,
  ) {
    this.#scenario = of.scenario;
    this.#overrides = of.overrides;
    this.#policy = of.policy;
    this.#means = means;
    this.#kept = kept;
    this.#hash = resolvedScenario(of.scenario).hash;
  }

  /** How many were simulated by an earlier command. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * What came of each trial, in their order; null where the user stopped. `onShare` hears how much of it is done. Rejects where a run fails, and with
   * `DiskError` where it cannot be kept.
   */
  async resultsOf(
    trials: readonly RouterTrial[],
    onShare: (share: number) => void,
  ): Promise<readonly TrialResult[] | null> {
    const { commit, signal, workerModule } = this.#means;
    const keys = trials.map(({ router, seed }) => this.#kept.keyOf([this.#hash, this.#policy, router, seed]));
    const known = keys.map((key) => this.#kept.load(key));
    const seeds = [...new Set(trials.map(({ seed }) => seed))];
    const open = trials
      .map(({ seed }, place) => ({ seed, place }))
      .filter(({ place }) => known[place] === null)
      .sort((a, b) => seeds.indexOf(a.seed) - seeds.indexOf(b.seed)) // a thread keeps the paths of one seed
      .map(({ place }) => place);
    this.#taken += trials.length - open.length;
    if (open.length === 0) return known as TrialResult[];
    this.#prepared ??= await this.#prepare();
    if (this.#prepared === null || signal.aborted) return null;
    const { of: prepared, keep } = this.#prepared;
    const tasks = open.map((place, index): SimulationTask => {
      const { router, seed } = trials[place]!;
      return {
        index,
        policy: this.#policy,
        seed,
        repetition: this.#repetitionOf(seed),
        router,
        events: null,
        requests: null,
      };
    });
    const board = TaskBoard.for(tasks.length);
    const stop = (): void => board.stop();
    signal.addEventListener('abort', stop);
    const endMs = (this.#scenario.durationS + this.#scenario.drainS) * 1000;
    const showing = setInterval(() => {
      const doneMs = tasks.reduce((sum, { index }) => sum + board.of(index).virtualMs, 0);
      onShare(Math.min(1, (trials.length - tasks.length + doneMs / endMs) / trials.length));
    }, SHOWN_EACH_MS);
    let fault: DiskError | null = null;
    /** Each is kept as soon as it is done. */
    const keepDone = (outcomes: readonly (TaskOutcome | null)[]): void => {
      for (const [index, place] of open.entries()) {
        const run = outcomes[index]?.summary?.runs[0];
        if (known[place] !== null || run === undefined || run.partial) continue;
        known[place] = trialResult(run);
        this.#kept.save(keys[place]!, known[place]);
      }
    };
    try {
      const { failure } = await simulateAll({
        tasks,
        work: { scenario: this.#scenario, overrides: this.#overrides, commit },
        board,
        workers:
          this.#means.workers ?? usualWorkers(tasks.length, prepared.plan.schedule.length, availableParallelism()),
        workerModule,
        prepared,
        isEnough: (outcomes) => {
          try {
            keepDone(outcomes);
          } catch (error) {
            if (!(error instanceof DiskError)) throw error;
            fault = error;
          }
          return fault !== null;
        },
      });
      keep();
      if (fault !== null) throw fault;
      if (failure !== null) throw new Error(failure);
      return known.includes(null) ? null : (known as TrialResult[]);
    } finally {
      clearInterval(showing);
      signal.removeEventListener('abort', stop);
    }
  }

  /** One number a seed; the first is that of the scenario, which is prepared in this thread. */
  #repetitionOf(seed: number): number {
    if (this.#repetitions.size === 0) this.#repetitions.set(this.#scenario.seed, 1);
    const known = this.#repetitions.get(seed) ?? this.#repetitions.size + 1;
    this.#repetitions.set(seed, known);
    return known;
  }

  async #prepare(): Promise<{ readonly of: PreparedRepetition; readonly keep: () => void } | null> {
    const { geometry, keep } = keptGeometry(this.#scenario);
    const plan = planOf(this.#scenario, {
      overrides: this.#overrides,
      commit: this.#means.commit,
      repetition: 1,
      geometry,
    });
    const links = recordingTopology(plan.topology, (this.#scenario.durationS + this.#scenario.drainS) * 1000, geometry);
    for (;;) {
      const { done, value } = links.next();
      if (done === true) return { of: { repetition: 1, plan, topology: value }, keep };
      await new Promise(setImmediate);
      if (this.#means.signal.aborted) return null;
    }
  }
}

const SHOWN_EACH_MS = 200;
