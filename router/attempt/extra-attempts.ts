import type { Ms } from '../../core/time/clock.ts';
import type { ExtraCause } from './attempt-cause.ts';

/** The attempts of one request beyond its first, by cause. */
export class ExtraAttempts {
  retries = 0;
  transparent = 0;
  hedges = 0;
  /** Given up for another, as they took too long or their endpoint became unhealthy. */
  replaced = 0;
  /** How long it waited between its attempts. */
  waitedMs: Ms = 0;
  /** The endpoint of an attempt that failed while another was open; -1 for none. */
  failedBeside = -1;

  get begun(): number {
    return this.counted + this.transparent;
  }

  /** Those that `maxAttempts` counts. */
  get counted(): number {
    return this.retries + this.hedges + this.replaced;
  }

  count(cause: ExtraCause): void {
    switch (cause) {
      case 'retry':
        this.retries++;
        break;
      case 'transparent':
        this.transparent++;
        break;
      case 'hedge':
        this.hedges++;
        break;
      case 'moved':
      case 'time-out':
        this.replaced++;
        break;
    }
  }
}
