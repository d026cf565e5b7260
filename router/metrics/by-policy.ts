/**
 * Splits counters that only rise, such as those of a data path, by the policy under which they rose. Policies are switched while a
 * router runs; a counter that took another label with its old value would show as a jump.
 */
export class ByPolicy {
  readonly #policies = new Map<string, Float64Array>();
  readonly #base: Float64Array;
  #now: string;

  /** `counters`: how many there are. They are all 0 now. */
  constructor(policy: string, counters: number) {
    this.#now = policy;
    this.#base = new Float64Array(counters);
    this.#policies.set(policy, new Float64Array(counters));
  }

  /** Another policy counts from now on; `totals` are the counters now. */
  switchTo(policy: string, totals: readonly number[]): void {
    this.#settle(totals);
    this.#now = policy;
    if (!this.#policies.has(policy)) this.#policies.set(policy, new Float64Array(totals.length));
  }

  /** What each policy counted until now, in the order in which they came. */
  shares(totals: readonly number[]): ReadonlyMap<string, Float64Array> {
    this.#settle(totals);
    return this.#policies;
  }

  #settle(totals: readonly number[]): void {
    const counted = this.#policies.get(this.#now)!;
    for (const [counter, total] of totals.entries()) {
      counted[counter] = counted[counter]! + total - this.#base[counter]!;
      this.#base[counter] = total;
    }
  }
}
