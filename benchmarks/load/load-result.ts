import type { Ms } from '../../core/time/clock.ts';
import type { LoadCase } from './load-case.ts';

/** How late something was, over many times. */
export interface Lateness {
  readonly n: number;
  readonly p50Ms: Ms;
  readonly p99Ms: Ms;
  readonly maxMs: Ms;
}

/** What one process of a load saw in the measured time. */
export interface GeneratorSaw {
  readonly lag: Lateness;
  readonly messagesPerS: number;
  readonly answered: number;
  /** Answers that ended otherwise. */
  readonly others: number;
  readonly openMost: number;
  readonly eventLoopP99Ms: Ms;
  readonly busyShare: number;
  /** Before the load, on the same cores. */
  readonly tax: { readonly p50Ms: Ms; readonly p99Ms: Ms } | null;
}

export interface LoadCaseResult {
  readonly of: LoadCase;
  readonly saw: GeneratorSaw;
  /** Of a core, all threads together. */
  readonly cpuShare: number;
  /** The share of the measured time in which it could have run and others did. */
  readonly waitedShare: number;
  /** Resident memory: once the streams are open, the most, and at the end; and how much it grew a minute, null for a short load. */
  readonly residentMib: { readonly first: number; readonly most: number; readonly last: number };
  readonly growthMibPerMinute: number | null;
  /** How late the machine wakes a process that does nothing else: on the core of the generator before the load, and beside it. */
  readonly stillness: { readonly before: Lateness; readonly beside: Lateness };
}
