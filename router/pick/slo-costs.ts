// Hot path: a square root and two divisions a chance are most of a pick, so those that cannot matter are not computed.
import type { Objectives } from '../../core/event/event.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { NodeLoad } from '../endpoint/node-load.ts';
import { chanceWithin } from './objectives.ts';
import { FULL_SCAN_MAX, type PriceList } from './price-list.ts';

/**
 * What missing the objectives of a request costs beside its TTFT:
 *
 *     missMs * (1 - P(T <= ttftMs) * P(step <= tpotMs)) + T
 *
 * P is `chanceWithin`; it falls with T. So where an endpoint has a later T than another, the chance of the other bounds its own, and where the
 * cost is more even with that, it is not the least, and its own chance is not computed.
 */
export class SloCosts {
  readonly #missMs: Ms;
  readonly #spread: number;
  readonly #stepMs: Ms;
  readonly #steps: StepChances;
  readonly #unsure = new Uint32Array(FULL_SCAN_MAX);

  /** `stepMs` is that of a node that has not reported its own. */
  constructor({ missMs, spread, stepMs }: { readonly missMs: Ms; readonly spread: number; readonly stepMs: Ms }) {
    this.#missMs = missMs;
    this.#spread = spread;
    this.#stepMs = stepMs;
    this.#steps = new StepChances(spread);
  }

  /** Adds it to each `costMs` of `list`, by its `ttftMs`; all but the least sum may be above what they are, see `PricesOf`. */
  add(nodes: NodeLoad, list: PriceList, bounds: Objectives): void {
    const { costMs, ttftMs, nodes: rows, count } = list;
    const { stepMs } = nodes;
    const [missMs, spread, usualStepMs] = [this.#missMs, this.#spread, this.#stepMs];
    const known = this.#steps.within(bounds.tpotMs, stepMs.length);
    let first = 0; // the earliest token: no other chance is above this one's
    for (let place = 1; place < count; place++) if (ttftMs[place]! < ttftMs[first]!) first = place;
    const mostChance = chanceWithin(bounds.ttftMs, ttftMs[first]!, spread);
    const ownChance = mostChance * known.chanceOf(rows[first]!, usedStepMs(stepMs[rows[first]!]!, usualStepMs));
    const firstMs = costMs[first]! + (missMs * (1 - ownChance) + ttftMs[first]!);
    const aboveMs = firstMs + (missMs + Math.abs(firstMs)) * ROUNDING; // what is above this is above the least, for all that rounding does
    const { stepMs: knownStepMs, chance } = known;
    let unsure = 0;
    for (let place = 0; place < count; place++) {
      const node = rows[place]!;
      const atLeastMs = costMs[place]! + (missMs * (1 - mostChance * chance[node]!) + ttftMs[place]!);
      const isSure = knownStepMs[node] === usedStepMs(stepMs[node]!, usualStepMs) && atLeastMs > aboveMs;
      if (isSure) costMs[place] = atLeastMs;
      else this.#unsure[unsure++] = place;
    }
    for (let index = 0; index < unsure; index++) {
      const place = this.#unsure[index]!;
      const node = rows[place]!;
      const stepChance = known.chanceOf(node, usedStepMs(stepMs[node]!, usualStepMs));
      const both = chanceWithin(bounds.ttftMs, ttftMs[place]!, spread) * stepChance;
      costMs[place] = costMs[place]! + (missMs * (1 - both) + ttftMs[place]!);
    }
  }
}

const usedStepMs = (reportedMs: Ms, usualMs: Ms): Ms => (reportedMs > 0 ? reportedMs : usualMs);

/** How far sums of such terms may be from exact, as a share of them. */
const ROUNDING = 1e-9;

/** The chance of each node that its steps keep to a bound, kept until the step or the bound changes; of the few bounds that were used last. */
class StepChances {
  readonly #spread: number;
  readonly #kept: ChancesWithin[] = [];
  #oldest = 0;
  #latest: ChancesWithin | null = null;

  constructor(spread: number) {
    this.#spread = spread;
  }

  within(boundMs: Ms, nodes: number): ChancesWithin {
    const latest = this.#latest;
    if (latest !== null && latest.boundMs === boundMs && latest.stepMs.length >= nodes) return latest;
    return this.#find(boundMs, nodes);
  }

  #find(boundMs: Ms, nodes: number): ChancesWithin {
    const kept = this.#kept;
    let at = kept.findIndex((each) => each.boundMs === boundMs);
    if (at < 0 && kept.length < BOUNDS) at = kept.length;
    if (at < 0) {
      at = this.#oldest;
      this.#oldest = (this.#oldest + 1) % BOUNDS;
    }
    const found = kept[at];
    if (found === undefined || found.stepMs.length < nodes) kept[at] = new ChancesWithin(this.#spread, nodes);
    const chances = kept[at]!;
    chances.begin(boundMs);
    this.#latest = chances;
    return chances;
  }
}

class ChancesWithin {
  boundMs: Ms = Number.NaN;
  /** By node: the step that `chance` is of; NaN before. */
  readonly stepMs: Float64Array;
  readonly chance: Float64Array;
  readonly #spread: number;

  constructor(spread: number, nodes: number) {
    this.#spread = spread;
    this.stepMs = new Float64Array(nodes).fill(Number.NaN);
    this.chance = new Float64Array(nodes);
  }

  begin(boundMs: Ms): void {
    if (this.boundMs === boundMs) return;
    this.boundMs = boundMs;
    this.stepMs.fill(Number.NaN);
  }

  chanceOf(node: number, stepMs: Ms): number {
    if (this.stepMs[node] === stepMs) return this.chance[node]!;
    const chance = chanceWithin(this.boundMs, stepMs, this.#spread);
    this.stepMs[node] = stepMs;
    this.chance[node] = chance;
    return chance;
  }
}

/** How many classes of service usually have a bound of their own. */
const BOUNDS = 8;
