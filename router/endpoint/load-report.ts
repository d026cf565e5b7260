import type { Ms } from '../../core/time/clock.ts';

/** What a node says of its own load. It travels in the `endpoint-load-metrics-bin` trailer (ORCA) of every answer. */
export interface LoadReport {
  /** When the node wrote it. */
  readonly atMs: Ms;
  /** Sequences that hold KV blocks. */
  readonly running: number;
  /** Requests that wait to be scheduled. */
  readonly waiting: number;
  /** Prompt tokens not yet computed, of waiting requests and unfinished prefills. */
  readonly pendingPromptTokens: number;
  /** Used share of the KV cache, 0 to 1. */
  readonly kvUsage: number;
  /** Moving average of the duration of an engine step, in milliseconds; 0 before the first. */
  readonly stepMs: Ms;
  /** Moving average of the time one prompt token adds to a prefill, in milliseconds; 0 before the first. */
  readonly prefillMsPerToken: Ms;
}
