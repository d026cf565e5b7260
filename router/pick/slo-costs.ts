// Hot path: a square root and two divisions a chance are most of a pick, so those that cannot matter are not computed.
import type { Objectives } from '../../core/event/event.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { NodeLoad } from '../endpoint/node-load.ts';
import { chancesOfTtft, chanceWithin, type PlacesOfTtft } from './objectives.ts';
import { FULL_SCAN_MAX, type PriceList } from './price-list.ts';

export interface SloSettings {
  readonly missMs: Ms;
  readonly spread: number;
  /** The step of a node that has not reported its own. */
  readonly stepMs: Ms;
}

/**
 * What missing the objectives of a request costs beside its TTFT:
 *
 *     missMs * (1 - P(T <= ttftMs) * P(step <= tpotMs)) + T
 *
 * P is `chanceWithin`; it falls with T. So where an endpoint has a later T than another, the chance of the other bounds its own, and where the
 * cost is more even with that, it is not the least, and its own chance is not computed.
 */
export class SloCosts {
  readonly #settings: SloSettings;
  readonly #steps: StepChances;
  /** The places whose own chance has to be computed, after the first. */
  readonly #unsure: PlacesOfTtft = {
    places: new Uint32Array(FULL_SCAN_MAX + 1),
    from: 0,
    to: 0,
    into: new Float64Array(FULL_SCAN_MAX + 1),
  };

  constructor(settings: SloSettings) {
    this.#settings = settings;
    this.#steps = new StepChances(settings);
  }

  /**
   * Adds it to each `costMs` of `list`, by its `ttftMs`; all but the least sum may be above what they are, see `PricesOf`. `isOwnTpot`: the
   * bound of a token is that of this request alone, for which nothing is worth keeping.
   */
  add(nodes: NodeLoad, list: PriceList, bounds: Objectives, isOwnTpot: boolean): void {
    const { costMs, ttftMs, nodes: rows, count } = list;
    const { stepMs } = nodes;
    const { missMs } = this.#settings;
    const unsure = this.#unsure;
    const { places, into: chances } = unsure;
    const steps = isOwnTpot ? this.#steps.anew(bounds, list, stepMs.length) : this.#steps.within(bounds, stepMs.length);
    const { reportedMs, chance: stepChances } = steps;
    let first = 0; // the earliest token: no other chance is above this one's
    for (let place = 1; place < count; place++) if (ttftMs[place]! < ttftMs[first]!) first = place;
    places[0] = first;
    unsure.from = 0;
    unsure.to = 1;
    chancesOfTtft(bounds, this.#settings, ttftMs, unsure);
    steps.see(rows[first]!, stepMs);
    const mostChance = chances[0]!;
    const firstMs = costMs[first]! + (missMs * (1 - mostChance * stepChances[rows[first]!]!) + ttftMs[first]!);
    const aboveMs = firstMs + (missMs + Math.abs(firstMs)) * ROUNDING; // what is above this is above the least, for all that rounding does
    let to = 1;
    for (let place = 0; place < count; place++) {
      const node = rows[place]!;
      const atLeastMs = costMs[place]! + (missMs * (1 - mostChance * stepChances[node]!) + ttftMs[place]!);
      const isSure = reportedMs[node] === stepMs[node] && (atLeastMs > aboveMs || place === first);
      if (isSure) costMs[place] = atLeastMs;
      else places[to++] = place;
    }
    if (to === 1) return;
    unsure.from = 1;
    unsure.to = to;
    chancesOfTtft(bounds, this.#settings, ttftMs, unsure);
    for (let index = 1; index < to; index++) {
      const place = places[index]!;
      const node = rows[place]!;
      steps.see(node, stepMs);
      costMs[place] = costMs[place]! + (missMs * (1 - chances[index]! * stepChances[node]!) + ttftMs[place]!);
    }
  }
}

/** How far sums of such terms may be from exact, as a share of them. */
const ROUNDING = 1e-9;

/** The chance of each node that its steps keep to a bound, kept until the step or the bound changes; of the few bounds that were used last. */
class StepChances {
  readonly #settings: SloSettings;
  readonly #kept: ChancesWithin[] = [];
  #oldest = 0;
  #latest: ChancesWithin | null = null;
  #once: ChancesWithin | null = null;

  constructor(settings: SloSettings) {
    this.#settings = settings;
  }

  within(bounds: Objectives, nodes: number): ChancesWithin {
    const latest = this.#latest;
    if (latest === null || latest.boundMs !== bounds.tpotMs || latest.chance.length < nodes) {
      this.#latest = this.#find(bounds.tpotMs, nodes);
    }
    return this.#latest!;
  }

  /** Those of a bound that will not come again, of the nodes of `list`. */
  anew({ tpotMs }: Objectives, { nodes, count }: PriceList, size: number): ChancesWithin {
    if (this.#once === null || this.#once.chance.length < size) this.#once = new ChancesWithin(this.#settings, size);
    const { reportedMs } = this.#once;
    for (let place = 0; place < count; place++) reportedMs[nodes[place]!] = Number.NaN;
    this.#once.boundMs = tpotMs;
    return this.#once;
  }

  #find(boundMs: Ms, nodes: number): ChancesWithin {
    const kept = this.#kept;
    let at = kept.length - 1;
    while (at >= 0 && kept[at]!.boundMs !== boundMs) at--;
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

  constructor({ spread, stepMs }: SloSettings, nodes: number) {
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
