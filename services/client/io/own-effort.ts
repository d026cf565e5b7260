import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Event } from '../../../core/event/event.ts';

type Effort = Pick<Extract<Event, { kind: 'generator' }>, 'eventLoopP99Ms' | 'busyShare' | 'cpuMs'>;

/** How much work this process has between `begin` and `end`: where its event loop waits, so do the messages whose times it takes. */
export class OwnEffort {
  readonly #loopDelay = monitorEventLoopDelay({ resolution: TICK_MS });
  #cpu = process.cpuUsage();
  #loop = performance.eventLoopUtilization();

  begin(): void {
    this.#cpu = process.cpuUsage();
    this.#loop = performance.eventLoopUtilization();
    this.#loopDelay.enable();
  }

  end(): Effort {
    this.#loopDelay.disable();
    const { user, system } = process.cpuUsage(this.#cpu);
    const p99 = this.#loopDelay.count === 0 ? 0 : this.#loopDelay.percentile(99) / 1e6;
    return {
      // It tells how long a tick took; a loop that waits for nothing takes `TICK_MS` for it.
      eventLoopP99Ms: Math.max(0, p99 - TICK_MS),
      busyShare: performance.eventLoopUtilization(this.#loop).utilization,
      cpuMs: (user + system) / 1000,
    };
  }
}

const TICK_MS = 1;
