import type { LoadReport } from '../endpoint/load-report.ts';

/** Hears what a node reports on a stream of its own. */
export interface LoadListener {
  onReport(report: LoadReport): void;
  /** Called once, unless it was cancelled: with the gRPC status code that the node ended it with, or null where the stream was lost. */
  onEnd(code: number | null): void;
}

/** A stream of load reports that is open. */
export interface LoadSubscription {
  /** Whether it is on a connection that takes requests: another one may have taken over, which waits for this stream to end. */
  isCurrent(): boolean;
  /** Ends it; nothing of it is told any more. */
  cancel(): void;
}
