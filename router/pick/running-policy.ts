import { areAlike } from '../../core/config/document-differences.ts';
import type { Policy } from './policy.ts';

/** How a policy is made. */
export interface PolicyRecipe {
  /** Its name, parameters and code, as plain values: two that are alike make the same policy. */
  readonly of: unknown;
  readonly make: () => Policy;
  /** What is put around it, as plain values. */
  readonly in: unknown;
  readonly dress: (policy: Policy) => Policy;
}

/**
 * The policy of a router that runs. As long as name, parameters and code stay, it is the same object, with all that it has learnt: also where
 * what is around it (prices, hysteresis) changes.
 */
export class RunningPolicy {
  #recipe: PolicyRecipe;
  #bare: Policy;
  #policy: Policy;

  constructor(recipe: PolicyRecipe) {
    this.#recipe = recipe;
    this.#bare = recipe.make();
    this.#policy = recipe.dress(this.#bare);
  }

  get policy(): Policy {
    return this.#policy;
  }

  /** Is what another recipe makes from now on; returns it. Throws as its `make` does, and is then what it was. */
  become(recipe: PolicyRecipe): Policy {
    const isSame = areAlike(this.#recipe.of, recipe.of);
    if (isSame && areAlike(this.#recipe.in, recipe.in)) return this.#policy;
    const bare = isSame ? this.#bare : recipe.make();
    this.#policy = recipe.dress(bare);
    this.#bare = bare;
    this.#recipe = recipe;
    return this.#policy;
  }
}
