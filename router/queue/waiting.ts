import type { Ms } from '../../core/time/clock.ts';
import type { RequestInfo } from '../request-info.ts';

/** A request in a queue, with its neighbours among those of its tenant and priority. Only the queue writes it. */
export class Waiting<Request> {
  readonly request: Request;
  readonly info: RequestInfo;
  readonly sinceMs: Ms;
  /** What its turn costs, in tokens. */
  readonly cost: number;
  /** Higher than that of any which came before. */
  readonly serial: number;
  readonly isRetry: boolean;
  isQueued = true;
  previous: Waiting<Request> | null = null;
  next: Waiting<Request> | null = null;

  constructor(request: Request, came: Pick<Waiting<Request>, 'info' | 'sinceMs' | 'cost' | 'serial' | 'isRetry'>) {
    this.request = request;
    this.info = came.info;
    this.sinceMs = came.sinceMs;
    this.cost = came.cost;
    this.serial = came.serial;
    this.isRetry = came.isRetry;
  }
}
