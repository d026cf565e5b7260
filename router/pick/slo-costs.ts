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
  readonly #steps: StepChances;
  readonly #unsure = new Uint32Array(FULL_SCAN_MAX);

  /** `stepMs` is that of a node that has not reported its own. */
  constructor({ missMs, spread, stepMs }: { readonly missMs: Ms; readonly spread: number; readonly stepMs: Ms }) {
    this.#missMs = missMs;
    this.#spread = spread;
    this.#steps = new StepChances({ spread, stepMs });
  }

  /** Adds it to each `costMs` of `list`, by its `ttftMs`; all but the least sum may be above what they are, see `PricesOf`. */
  add(nodes: NodeLoad, list: PriceList, bounds: Objectives): void {
    const { costMs, ttftMs, nodes: rows, count } = list;
    const { stepMs } = nodes;
    const missMs = this.#missMs;
    const spread = this.#spread;
    const known = this.#steps.within(bounds, stepMs.length);
    let first = 0; // the earliest token: no other chance is above this one's
    for (let place = 1; place < count; place++) if (ttftMs[place]! < ttftMs[first]!) first = place;
    const mostChance = chanceWithin(bounds.ttftMs, ttftMs[first]!, spread);
    const { reportedMs, chance } = known;
    known.see(rows[first]!, stepMs);
    const firstMs = costMs[first]! + (missMs * (1 - mostChance * chance[rows[first]!]!) + ttftMs[first]!);
    const aboveMs = firstMs + (missMs + Math.abs(firstMs)) * ROUNDING; // what is above this is above the least, for all that rounding does
    let unsure = 0;
    for (let place = 0; place < count; place++) {
      const node = rows[place]!;
      const atLeastMs = costMs[place]! + (missMs * (1 - mostChance * chance[node]!) + ttftMs[place]!);
      const isSure = reportedMs[node] === stepMs[node] && atLeastMs > aboveMs;
      if (isSure) costMs[place] = atLeastMs;
      else this.#unsure[unsure++] = place;
    }
    for (let index = 0; index < unsure; index++) {
      const place = this.#unsure[index]!;
      const node = rows[place]!;
      known.see(node, stepMs);
      const both = chanceWithin(bounds.ttftMs, ttftMs[place]!, spread) * chance[node]!;
      costMs[place] = costMs[place]! + (missMs * (1 - both) + ttftMs[place]!);
    }
  }
}

/** How far sums of such terms may be from exact, as a share of them. */
const ROUNDING = 1e-9;

/** The chance of each node that its steps keep to a bound, kept until the step or the bound changes; of the few bounds that were used last. */
class StepChances {
  readonly #settings: { readonly spread: number; readonly stepMs: Ms };
  readonly #kept: ChancesWithin[] = [];
  #oldest = 0;
  #latest: ChancesWithin | null = null;

  constructor(settings: { readonly spread: number; readonly stepMs: Ms }) {
    this.#settings = settings;
  }

  within(bounds: Objectives, nodes: number): ChancesWithin {
    const latest = this.#latest;
    if (latest === null || latest.boundMs !== bounds.tpotMs || latest.chance.length < nodes) {
      this.#latest = this.#find(bounds.tpotMs, nodes);
    }
    return this.#latest!;
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
    if (found === undefined || found.chance.length < nodes) kept[at] = new ChancesWithin(this.#settings, nodes);
    kept[at]!.begin(boundMs);
    return kept[at]!;
  }
}

class ChancesWithin {
  boundMs: Ms = Number.NaN;
  /** By node: the reported step that `chance` is of, 0 for none; NaN before. */
  readonly reportedMs: Float64Array;
  readonly chance: Float64Array;
  readonly #spread: number;
  readonly #stepMs: Ms;

  constructor({ spread, stepMs }: { readonly spread: number; readonly stepMs: Ms }, nodes: number) {
    this.#spread = spread;
    this.#stepMs = stepMs;
    this.reportedMs = new Float64Array(nodes).fill(Number.NaN);
    this.chance = new Float64Array(nodes);
  }

  begin(boundMs: Ms): void {
    if (this.boundMs === boundMs) return;
    this.boundMs = boundMs;
    this.reportedMs.fill(Number.NaN);
  }

  /** Makes the chance of the node that of its step now. */
  see(node: number, reportedMs: Float64Array): void {
    const stepMs = reportedMs[node]!;
    if (this.reportedMs[node] === stepMs) return;
    this.reportedMs[node] = stepMs;
    this.chance[node] = chanceWithin(this.boundMs, stepMs > 0 ? stepMs : this.#stepMs, this.#spread);
  }
}

/** How many classes of service usually have a bound of their own. */
const BOUNDS = 8;
