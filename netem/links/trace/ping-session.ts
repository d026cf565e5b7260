import type { Ms } from '../../../core/time/clock.ts';

/** One output of ping. The columns are as long as `seqs`. */
export interface PingSession {
  /** The first number that this ping uses; null where the beginning is not in the log. */
  firstSeq: number | null;
  /** Answers in the order they came: their numbers modulo 65,536, when they came (NaN without times), their round trips. */
  readonly seqs: number[];
  readonly cameMs: number[];
  readonly rttsMs: number[];
  /** Numbers that the log says were sent, without an answer on that line, and when it says so. */
  readonly unansweredSeqs: number[];
  readonly unansweredMs: number[];
  /** Whether the line rules an answer out: `no answer yet` does not. */
  readonly unansweredFinal: boolean[];
  /** How many were sent in all, and over which time, from the summary; null without one. */
  sent: number | null;
  overMs: Ms | null;
}
