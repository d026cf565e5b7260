import type { Ms } from '../../core/time/clock.ts';
import type { RequestInfo } from '../../router/request-info.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';

/** A prompt on its way to a node. */
export interface PromptOnItsWay {
  readonly atMs: Ms;
  readonly request: PlannedRequest;
}

/** When a token that a node gives at an instant is at the router of its request. */
export type WayBack = (madeAtMs: Ms) => Ms;

/** What is known of a request whose prompt has left for a node. */
interface SentRequest {
  readonly back: WayBack;
  /** When the node gave its first token; NaN until then. */
  firstMadeAtMs: Ms;
}

/** The prompts of all routers that are on their way, by node, the plans of the requests that routers ask about, and how their answers come back: for bounds only. */
export class Flights {
  readonly #planned = new Map<number, PlannedRequest>();
  readonly #sent = new Map<number, SentRequest>();
  readonly #byNode = new Map<string, Map<number, PromptOnItsWay>>();

  /** A router is about to choose for it. */
  know(planned: PlannedRequest): void {
    this.#planned.set(planned.id, planned);
  }

  plannedOf({ id }: Pick<RequestInfo, 'id'>): PlannedRequest {
    return this.#planned.get(id)!;
  }

  forget({ id }: PlannedRequest): void {
    this.#planned.delete(id);
    this.#sent.delete(id);
  }

  /** It left for the node, and is expected there at `atMs`; its answer comes by `back`. */
  left(node: string, request: PlannedRequest, { atMs, back }: { readonly atMs: Ms; readonly back: WayBack }): void {
    const flights = this.#byNode.get(node) ?? new Map<number, PromptOnItsWay>();
    this.#byNode.set(node, flights.set(request.id, { atMs, request }));
    this.#sent.set(request.id, { back, firstMadeAtMs: Number.NaN });
  }

  /** It is there, or will not come. */
  landed(node: string, { id }: PlannedRequest): void {
    this.#byNode.get(node)?.delete(id);
  }

  /** Its node gave its first token. */
  began({ id }: PlannedRequest, atMs: Ms): void {
    const sent = this.#sent.get(id);
    if (sent !== undefined) sent.firstMadeAtMs = atMs;
  }

  /** What is known of a request that is with its node; null of one that nobody waits for. */
  sent(id: number): (Readonly<SentRequest> & { readonly planned: PlannedRequest }) | null {
    const [sent, planned] = [this.#sent.get(id), this.#planned.get(id)];
    return sent === undefined || planned === undefined ? null : { ...sent, planned };
  }

  /** In order of arrival. */
  to(node: string): readonly PromptOnItsWay[] {
    return [...(this.#byNode.get(node)?.values() ?? [])].sort((a, b) => a.atMs - b.atMs);
  }
}
