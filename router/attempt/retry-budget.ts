import type { Blame } from './ending.ts';
import type { RetrySettings } from './retry-schema.ts';

type BudgetSettings = Pick<RetrySettings, 'budgetTokens' | 'budgetPerSuccess'>;

/**
 * How many attempts beyond the first a router may make: tokens, of which a failure takes one, a success gives back a part, and none is spent at
 * or under the half. A hedge and an attempt after a time-out take one, too. Source: gRFC A6, "Throttling Retry Attempts and Hedged RPCs".
 *
 * A lost connection takes one token, however many requests it had, until something is answered over that path again: what it lost is
 * no sign that the rest has too much to do, and all of it deserves another try.
 */
export class RetryBudget {
  #most: number;
  #perSuccess: number;
  #tokens: number;
  /** By endpoint: 1 where the loss of its connection was counted. */
  readonly #isLost: number[] = [];

  /** A budget of 0 tokens allows everything. */
  constructor({ budgetTokens, budgetPerSuccess }: BudgetSettings) {
    this.#most = budgetTokens;
    this.#tokens = budgetTokens;
    this.#perSuccess = budgetPerSuccess;
  }

  /** Another budget from now on, of which the same share is spent. */
  retune({ budgetTokens, budgetPerSuccess }: BudgetSettings): void {
    this.#tokens = this.#most === 0 ? budgetTokens : (this.#tokens / this.#most) * budgetTokens;
    this.#most = budgetTokens;
    this.#perSuccess = budgetPerSuccess;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Whether another attempt may begin now. */
  get allows(): boolean {
    return this.#most === 0 || this.#tokens > this.#most / 2;
  }

  /** An attempt began that nothing had failed for. */
  spend(): void {
    this.#take();
  }

  failed(endpoint: number, fault: Blame): void {
    if (fault === 'path') {
      if (this.#isLost[endpoint] === 1) return;
      this.#isLost[endpoint] = 1;
    }
    this.#take();
  }

  succeeded(endpoint: number): void {
    this.#isLost[endpoint] = 0;
    if (this.#tokens < this.#most) this.#tokens = Math.min(this.#most, this.#tokens + this.#perSuccess);
  }

  #take(): void {
    this.#tokens = Math.max(0, this.#tokens - 1);
  }
}
