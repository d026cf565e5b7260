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
  /** Lower values go first, where a node orders by priority. */
  readonly priority: number;
  /** The conversation that it belongs to; empty for none. */
  readonly session: string;
  /** Its number in its session, from 1; 0 without a session. */
  readonly turn: number;
  /** The part of its prompt that other requests may share. */
  readonly prefix: readonly PrefixPart[];
}

/** A request that belongs to nothing: no class, no session, any model, and a prompt that shares nothing. */
export const ON_ITS_OWN = Object.freeze({
  model: '',
  class: '',
  priority: 0,
  session: '',
  turn: 0,
  prefix: NOTHING_SHARED,
} satisfies Partial<PlannedRequest>);

/** Every request of a run in the order of their intended start, made up front from a seed. */
export type Schedule = readonly PlannedRequest[];
