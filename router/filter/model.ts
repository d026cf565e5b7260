import type { RequestInfo } from '../request-info.ts';
import type { Filter } from './filter.ts';

/**
 * Leaves out the endpoints whose node does not serve the model that a request asks for. A node that lists no models serves any; a request
 * that names none takes any node. It is asked before health and capacity, because nothing else can stand in for another model.
 */
export class ModelFilter implements Filter {
  readonly reason = 'no-endpoint';
  /** By endpoint; null for any model. */
  readonly #models: readonly (ReadonlySet<string> | null)[];
  readonly #isAnyServed: boolean;
  readonly #served: ReadonlySet<string>;

  private constructor(models: readonly (ReadonlySet<string> | null)[]) {
    this.#models = models;
    this.#isAnyServed = models.includes(null);
    this.#served = new Set(models.flatMap((of) => (of === null ? [] : [...of])));
  }

  /** Null where no endpoint lists models: then there is nothing to ask. */
  static of(specs: readonly { readonly models?: readonly string[] | null }[]): ModelFilter | null {
    const models = specs.map((spec) => (spec.models == null ? null : new Set(spec.models)));
    return models.every((of) => of === null) ? null : new ModelFilter(models);
  }

  /** Whether any endpoint serves the model, reachable or not. */
  isServed(model: string): boolean {
    return this.#isAnyServed || this.#served.has(model);
  }

  /** Whether an endpoint lists the model. */
  isListed(model: string): boolean {
    return this.#served.has(model);
  }

  admits(endpoint: number, { model }: RequestInfo): boolean {
    return this.#models[endpoint]?.has(model) !== false;
  }
}
