import type { Ms } from '../../core/time/clock.ts';
import type { RequestInfo } from '../../router/request-info.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';

/** A prompt on its way to a node. */
export interface PromptOnItsWay {
  readonly atMs: Ms;
  readonly request: PlannedRequest;
}

/** The prompts of all routers that are on their way, by node, and the plans of the requests that routers ask about: for bounds only. */
export class Flights {
  readonly #planned = new Map<number, PlannedRequest>();
  readonly #byNode = new Map<string, Map<number, PromptOnItsWay>>();

  /** A router is about to choose for it. */
  know(planned: PlannedRequest): void {
    this.#planned.set(planned.id, planned);
  }

  plannedOf({ id }: RequestInfo): PlannedRequest {
    return this.#planned.get(id)!;
  }

  forget({ id }: PlannedRequest): void {
    this.#planned.delete(id);
  }

  /** It left for the node, and is expected there at `atMs`. */
  left(node: string, request: PlannedRequest, atMs: Ms): void {
    const flights = this.#byNode.get(node) ?? new Map<number, PromptOnItsWay>();
    this.#byNode.set(node, flights.set(request.id, { atMs, request }));
  }

  /** It is there, or will not come. */
  landed(node: string, { id }: PlannedRequest): void {
    this.#byNode.get(node)?.delete(id);
  }

  /** In order of arrival. */
  to(node: string): readonly PromptOnItsWay[] {
    return [...(this.#byNode.get(node)?.values() ?? [])].sort((a, b) => a.atMs - b.atMs);
  }
}
