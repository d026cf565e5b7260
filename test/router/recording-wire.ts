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

  finish(status: Status): void {
    this.calls.push(`finish ${status.code}`);
    this.status = status;
  }
}
