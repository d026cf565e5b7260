import type { Ms } from '../../core/time/clock.ts';
import type { Attempt } from '../../router/attempt/attempt.ts';
import type { Status, Wire } from '../../router/attempt/wire.ts';

/** A wire that carries nothing and remembers what it was told, a word a call. */
export class RecordingWire implements Wire {
  canReplay = true;
  /** Endpoints without a connection. */
  readonly unconnected = new Set<number>();
  readonly calls: string[] = [];
  readonly attempts: Attempt[] = [];
  status: Status | null = null;
  wakesAtMs: Ms = Number.POSITIVE_INFINITY;

  open(attempt: Attempt): boolean {
    this.attempts.push(attempt);
    this.calls.push(`open ${attempt.endpoint}`);
    return !this.unconnected.has(attempt.endpoint);
  }

  cancel(attempt: Attempt): void {
    this.calls.push(`cancel ${attempt.endpoint}`);
  }

  commit(attempt: Attempt): void {
    this.calls.push(`commit ${attempt.endpoint}`);
  }

  wakeAt(atMs: Ms): void {
    this.wakesAtMs = atMs;
  }

  finish(status: Status): void {
    this.calls.push(`finish ${status.code}`);
    this.status = status;
  }
}
