import type { Ms } from '../core/time/clock.ts';

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
}

/** Every request of a run in the order of their intended start, made up front from a seed. */
export type Schedule = readonly PlannedRequest[];
