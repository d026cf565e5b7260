import type { Ms } from '../../core/time/clock.ts';

/**
 * A node's report of its own load, in band (with an answer) or out of band (on a stream). What a node does not report is NaN: servers other
 * than ours report less.
 */
export interface LoadReport {
  /** When the node wrote it, by the clock of the run; NaN from a node that does not know that clock. */
  readonly atMs: Ms;
  /** Sequences that hold KV blocks. */
  readonly running: number;
  /** Requests that wait to be scheduled. */
  readonly waiting: number;
  /** How many requests it has accepted since it started, from all its callers: the difference of two reports is what came between them. */
  readonly requestsReceived: number;
  /** Moving averages over some seconds: requests that ended a second, and those of them that failed. 0 where there were none. */
  readonly requestsPerS: number;
  readonly failuresPerS: number;
  /** Prompt tokens not yet computed: of waiting requests, of unfinished prefills, and of the rest of the step under way. */
  readonly pendingPromptTokens: number;
  /** Used share of the KV cache, 0 to 1: blocks that running sequences hold. */
  readonly kvUsage: number;
  /**
   * Used share of what it can do, about 0 to 1, by its own measure: that of our nodes is the used share of the KV cache, averaged over the same
   * seconds as the rates.
   */
  readonly utilization: number;
  /** Moving average of the duration of an engine step, in milliseconds; 0 before the first. */
  readonly stepMs: Ms;
  /**
   * A step with n prompt tokens takes the longer of a step without any and `prefillBaseMs + n * prefillMsPerToken`, as measured over the
   * latest steps, in milliseconds; both are 0 before the first.
   */
  readonly prefillMsPerToken: Ms;
  readonly prefillBaseMs: Ms;
  /** Share of the prompt tokens of its latest requests that it found in its prefix cache, 0 to 1; 0 before the first. */
  readonly prefixHitShare: number;
  /** Left out by a node without a power model. */
  readonly power?: PowerReport;
}

/** A node's report of its power, heat and prices; null where it does not know. */
export interface PowerReport {
  /** The power that its devices draw. */
  readonly drawW: number;
  /** How much more they may draw under all caps, as a share of their range above idle: 0 when they are at a cap. */
  readonly headroom: number;
  readonly temperatureC: number | null;
  /** How full its part of the site's battery is, 0 to 1. */
  readonly batteryShare: number | null;
  /** At the reference load that all nodes are compared at, with current prices. */
  readonly usdPerMillionTokens: number | null;
  readonly gCo2PerMillionTokens: number | null;
}
