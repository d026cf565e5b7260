import { ConfigError } from '../../../../core/config/config-error.ts';
import { seededRng } from '../../../../core/random/rng.ts';
import type { Metric } from '../../../../report/metric.ts';
import type { ScenarioSource } from '../../../../scenario/io/scenario-file.ts';
import { checkPolicy } from '../../../../scenario/meant-policy.ts';
import type { Overrides, Scenario } from '../../../../scenario/scenario.ts';
import { repetitionSeeds } from '../../../repetition-seeds.ts';
import type { StudyMeans } from '../../io/simulated-study.ts';
import { type Candidate, keyOf, setsOf } from '../candidate.ts';
import { type PolicySpace, policySpace } from '../policy-dimensions.ts';
import { leastBudget, type SearchResult, search } from '../search.ts';
import type { TuneRange } from '../tune-range.ts';
import { type TuneResult, tuneResult } from '../tune-result.ts';
import { type Judged, judgedHeldOut, type TuneVerdict, tuneVerdict } from '../verdict.ts';
import type { KeptTrials } from './kept-trials.ts';
import { SimulatedTrials } from './simulated-trials.ts';

export interface TuningOptions {
  readonly source: ScenarioSource;
  /** Of the scenario that is tuned; those that are held out are as their files say. */
  readonly overrides: Overrides;
  readonly policy: string;
  readonly metric: Metric;
  /** How many simulations there are at most, those of the judgement included. */
  readonly budget: number;
  /** How many seeds the search has, and how many the judgement. */
  readonly seeds: number;
  readonly heldOutSeeds: number;
  readonly holdOut: readonly ScenarioSource[];
  readonly ranges: readonly TuneRange[];
  readonly only: readonly string[];
}

/** What came of it. */
export interface Tuned {
  readonly searched: SearchResult;
  /** The scenario itself, then those that were held out; empty where nothing was found. */
  readonly judgements: readonly Judged[];
  /** Null where the user stopped before it. */
  readonly verdict: TuneVerdict | null;
  readonly simulations: number;
  /** How many of them an earlier command has simulated. */
  readonly taken: number;
  /** Whether all runs of the judgement were valid. */
  readonly valid: boolean;
}

/** Tunes a policy: a search, and a judgement on seeds and scenarios that it has not seen. */
export class Tuning {
  readonly scenario: Scenario;
  readonly space: PolicySpace;
  readonly trainSeeds: readonly number[];
  readonly heldOutSeeds: readonly number[];
  readonly #options: TuningOptions;
  readonly #routers = new Map<string, Scenario['router']>();

  /** Checks all that can be wrong before anything is simulated. Throws `ConfigError`. */
  constructor(options: TuningOptions) {
    const { source, overrides, policy, ranges, only, budget, seeds, heldOutSeeds, holdOut } = options;
    this.#options = options;
    this.scenario = source.scenario(overrides);
    checkPolicy(this.scenario.router, policy, { simulated: false });
    this.space = policySpace(this.scenario, policy, { ranges, only });
    const { dimensions } = this.space;
    for (const { path, range } of dimensions) {
      for (const value of range.kind === 'numbers' ? [range.from, range.to] : range.values) {
        if (ranges.length > 0) this.#routerWith(source, [`${path}=${JSON.stringify(value)}`], overrides);
      }
    }
    for (const other of holdOut) {
      checkPolicy(other.scenario().router, policy, { simulated: false, path: `--hold-out ${other.path}: --policy` });
      this.#routerWith(
        other,
        dimensions.flatMap(({ path, usual }) => (usual === null ? [] : [`${path}=${JSON.stringify(usual)}`])),
      );
    }
    const least = leastBudget({ dimensions, seeds }) + this.judgementCost;
    if (budget < least)
      throw new ConfigError(
        '--budget',
        `is ${budget}, expected at least ${least}: ${this.judgementCost} simulations are for the judgement on ${heldOutSeeds} held-out seeds`,
      );
    const all = repetitionSeeds(this.scenario.seed, seeds + heldOutSeeds);
    this.trainSeeds = all.slice(0, seeds);
    this.heldOutSeeds = all.slice(seeds);
  }

  /** How many simulations the judgement takes. */
  get judgementCost(): number {
    const { heldOutSeeds, holdOut } = this.#options;
    return 2 * heldOutSeeds * (1 + holdOut.length);
  }

  /** Searches and judges. `onShown` hears what is done. Rejects where a run fails, or the disk is full. */
  async run(means: StudyMeans, kept: KeptTrials, onShown: (share: number, detail: string) => void): Promise<Tuned> {
    const { overrides, policy, metric, budget, source, holdOut } = this.#options;
    const { dimensions } = this.space;
    const own = new SimulatedTrials({ scenario: this.scenario, overrides, policy }, means, kept);
    let simulations = 0;
    const show = (share: number, batch: number, detail: string): void =>
      onShown(
        (simulations + share * batch) / budget,
        `${Math.round(simulations + share * batch)} of at most ${budget} simulations, ${detail}`,
      );
    const searched = await search({
      dimensions,
      seeds: this.trainSeeds.length,
      budget: budget - this.judgementCost,
      isLowerBetter: metric.isLowerBetter,
      rng: seededRng(this.scenario.seed)('tune'),
      isAllowed: (candidate) => this.#isAllowed(candidate),
      evaluated: async (trials) => {
        const results = await own.resultsOf(
          trials.map(({ candidate, seed }) => ({ router: this.#routerOf(candidate), seed: this.trainSeeds[seed]! })),
          (share) => show(share, trials.length, 'searching'),
        );
        simulations += trials.length;
        return results === null ? null : results.map(({ metrics }) => metrics[metric.name]!);
      },
    });
    const told = { searched, taken: own.taken, valid: true };
    if (!searched.isWhole) return { ...told, judgements: [], verdict: null, simulations };
    if (searched.best === searched.usual) return { ...told, judgements: [], verdict: tuneVerdict([]), simulations };
    const sets = setsOf(dimensions, searched.best.candidate);
    const judgements: Judged[] = [];
    let [taken, valid] = [0, true];
    for (const [index, of] of [source, ...holdOut].entries()) {
      const scenario = index === 0 ? this.scenario : of.scenario();
      const trials = index === 0 ? own : new SimulatedTrials({ scenario, overrides: {}, policy }, means, kept);
      const seeds = index === 0 ? this.heldOutSeeds : repetitionSeeds(scenario.seed, this.heldOutSeeds.length);
      const tuned = this.#routerWith(of, sets, index === 0 ? overrides : {});
      const results = await trials.resultsOf(
        seeds.flatMap((seed) => [
          { router: scenario.router, seed },
          { router: tuned, seed },
        ]),
        (share) => show(share, 2 * seeds.length, `judging on ${of.path}`),
      );
      taken += index === 0 ? 0 : trials.taken;
      if (results === null) return { ...told, judgements, verdict: null, simulations, taken: own.taken + taken };
      simulations += results.length;
      valid &&= results.every((result) => result.valid);
      const valuesOf = (odd: number) =>
        results.filter((_, place) => place % 2 === odd).map(({ metrics }) => metrics[metric.name]!);
      judgements.push(judgedHeldOut(metric, { file: of.path, seeds, usual: valuesOf(0), tuned: valuesOf(1) }));
    }
    return { searched, judgements, verdict: tuneVerdict(judgements), simulations, taken: own.taken + taken, valid };
  }

  resultOf({ searched, judgements, verdict, simulations, taken, valid }: Tuned): TuneResult {
    const { source, policy, metric, budget } = this.#options;
    const { dimensions, left } = this.space;
    const { trainSeeds, heldOutSeeds } = this;
    return tuneResult(searched, {
      ...{ metric, dimensions, policy, budget, simulations, taken, valid, trainSeeds, heldOutSeeds, verdict },
      ...{ scenario: source.path, notSearched: left, heldOut: judgements },
    });
  }

  #routerOf(candidate: Candidate): Scenario['router'] {
    const key = keyOf(candidate);
    const known = this.#routers.get(key);
    if (known !== undefined) return known;
    const { source, overrides } = this.#options;
    const router = this.#routerWith(source, setsOf(this.space.dimensions, candidate), overrides);
    this.#routers.set(key, router);
    return router;
  }

  #isAllowed(candidate: Candidate): boolean {
    try {
      this.#routerOf(candidate);
      return true;
    } catch (error) {
      if (error instanceof ConfigError) return false;
      throw error;
    }
  }

  #routerWith(source: ScenarioSource, sets: readonly string[], overrides: Overrides = {}): Scenario['router'] {
    return source.scenario({ ...overrides, set: [...(overrides.set ?? []), ...sets] }, (set) =>
      sets.includes(set) ? '--vary' : '--set',
    ).router;
  }
}
