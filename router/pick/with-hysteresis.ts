import type { Made, Zod } from '../../core/config/schema-maker.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Pick, Policy } from './policy.ts';
import type { Price } from './price-list.ts';
import type { PricedPolicy } from './priced-policy.ts';

export const hysteresisSchema = (z: Zod) =>
  z
    .strictObject({
      gainMs: z
        .number()
        .nonnegative()
        .max(1e6)
        .default(0)
        .describe('How much cheaper another endpoint has to be, in milliseconds; 0 for no hysteresis.'),
      sessions: z.int().min(1).max(4_194_304).default(65_536).describe('How many sessions are remembered.'),
    })
    .describe('Policies that price endpoints stay on the one of the last request, of its session if it has one.');

export type HysteresisSettings = Made<typeof hysteresisSchema>;

/**
 * The policy, but it leaves the endpoint of the last request (of the same session where it has one) only for a gain above the cost of
 * switching: it stays while
 *
 *     cost(last) <= cost(best) + gainMs
 *
 * so that a session does not go to and fro between two that are about equal, and its caches and connections stay warm. Returns the same
 * policy where `gainMs` is 0. The last endpoint is priced too, once.
 */
export const withHysteresis = (policy: PricedPolicy, { gainMs, sessions }: HysteresisSettings): PricedPolicy => {
  if (gainMs === 0) return policy;
  const lastOf = new LastEndpoints(sessions);
  const staying: { -readonly [Key in keyof Pick]: Pick[Key] } = {
    kind: 'pick',
    endpoint: 0,
    costMs: 0,
    predictedMs: 0,
  };
  const price: Price = { costMs: 0, predictedMs: 0 };
  const observe: NonNullable<Policy['observe']> = (what, endpoints) => {
    policy.observe?.(what, endpoints);
    // Of two attempts at once the first counts, unless the second wins.
    if (what.kind === 'won' || (what.kind === 'began' && what.attempt.cause !== 'hedge'))
      lastOf.set(what.attempt.request, what.attempt.endpoint);
  };
  return {
    ...policy,
    observe,
    pick: (request, endpoints, nowMs: Ms, rng) => {
      const decision = policy.pick(request, endpoints, nowMs, rng);
      if (decision.kind === 'reject') return decision;
      const last = lastOf.of(request);
      if (last === decision.endpoint || last >= endpoints.size || last < 0 || !endpoints.isCandidate(last))
        return decision;
      policy.priceOf(request, endpoints, last, nowMs, price);
      if (price.costMs > decision.costMs + gainMs) return decision;
      staying.endpoint = last;
      staying.costMs = price.costMs;
      staying.predictedMs = price.predictedMs;
      return staying;
    },
  };
};

/** The endpoint of the last request of each session, of the sessions that were used last, and of all requests without one. */
class LastEndpoints {
  readonly #most: number;
  readonly #bySession = new Map<string, number>();
  #ofOthers = -1;

  constructor(most: number) {
    this.#most = most;
  }

  /** -1 for none. */
  of({ session }: RequestInfo): number {
    return session === '' ? this.#ofOthers : (this.#bySession.get(session) ?? -1);
  }

  set({ session }: RequestInfo, endpoint: number): void {
    if (session === '') {
      this.#ofOthers = endpoint;
      return;
    }
    this.#bySession.delete(session); // the last used comes last
    this.#bySession.set(session, endpoint);
    if (this.#bySession.size > this.#most) this.#bySession.delete(this.#bySession.keys().next().value!);
  }
}
