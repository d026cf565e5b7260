import type { Outcome } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';
import { NOTHING_SHARED, type PrefixPart } from './prefix.ts';

/** One request as the schedule intends it, before anything ran. */
export interface PlannedRequest {
  /** Its number in the schedule, from 0. */
  readonly id: number;
  /** When it is meant to leave: latency counts from here. */
  readonly atMs: Ms;
  /** The client that sends it. */
  readonly client: string;
  readonly promptTokens: number;
  /** How many tokens the model will answer with; the router never sees it. */
  readonly outputTokens: number;
  /** The bound the client states, at least `outputTokens`. */
  readonly maxOutputTokens: number;
  /** The model that it asks for; empty where the scenario names none. */
  readonly model: string;
  /** Its class of the load; empty where the scenario has no classes. */
  readonly class: string;
  /** Lower values go first, where a node orders by priority, and in the queue of a router. */
  readonly priority: number;
  /** On whose behalf it is sent; empty for nobody in particular. */
  readonly tenant: string;
  /** The conversation that it belongs to; empty for none. */
  readonly session: string;
  /** Its number in its session, from 1; 0 without a session. */
  readonly turn: number;
  /** The part of its prompt that other requests may share. */
  readonly prefix: readonly PrefixPart[];
  /** What its user asks once it has ended; null where nothing follows, or the schedule says when itself. */
  readonly next: Next | null;
}

/**
 * The request that follows one that ended at `endedAtMs` with that outcome, at its intended instant; null where none does. It depends on
 * nothing else: the same end has the same follower, however often it is asked.
 */
export type Next = (endedAtMs: Ms, outcome: Outcome) => PlannedRequest | null;

/** A request that belongs to nothing: no class, no session, any model, and a prompt that shares nothing. */
export const ON_ITS_OWN = Object.freeze({
  model: '',
  class: '',
  priority: 0,
  tenant: '',
  session: '',
  turn: 0,
  prefix: NOTHING_SHARED,
  next: null,
} satisfies Partial<PlannedRequest>);

/**
 * Every request of a run that has a time up front, in the order of their intended start, made from a seed. Where users wait for answers,
 * what they ask then follows through `next`, under numbers from the length of the schedule on.
 */
export type Schedule = readonly PlannedRequest[];
