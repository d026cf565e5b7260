import { z } from 'zod';
import type { Ms } from '../../../core/time/clock.ts';

/** When a node has its model in its devices. */
export const onDemandSchema = z.strictObject({
  loadGBs: z.number().positive().max(1e6).describe('Weights that the node reads into all its devices, in GB/s.'),
  initS: z
    .number()
    .min(0)
    .max(86_400)
    .default(0)
    .describe('What starting takes beside the reading: processes, graphs, warm-up.'),
  idleS: z
    .number()
    .min(0)
    .max(1e9)
    .optional()
    .describe('After how long without a request it gives the weights up; left out: never.'),
  startsLoaded: z.boolean().default(false).describe('Whether it has the weights at the start of the run.'),
  meanwhile: z
    .enum(['queue', 'refuse'])
    .default('queue')
    .describe('What becomes of requests while it loads, except the one for which it does.'),
});

export interface OnDemandOptions {
  readonly loadMs: Ms;
  readonly idleMs: Ms;
  readonly startsLoaded: boolean;
  readonly meanwhile: 'queue' | 'refuse';
}

/** The time to load `weightGB`, and what else the engine needs to know: weights / bandwidth + initialisation. */
export const onDemandOptionsOf = (config: z.output<typeof onDemandSchema>, weightGB: number): OnDemandOptions => ({
  loadMs: (weightGB / config.loadGBs + config.initS) * 1000,
  idleMs: (config.idleS ?? Number.POSITIVE_INFINITY) * 1000,
  startsLoaded: config.startsLoaded,
  meanwhile: config.meanwhile,
});

/**
 * Whether the weights of a node are in its devices: they come with the first request, and go after a time without any. It sets
 * no timer: that they went is noticed when the next request comes.
 */
export class WeightsOnDemand {
  readonly #options: OnDemandOptions;
  /** When they are (or were) there; Infinity while nobody asked for them. */
  #loadedAtMs: Ms;
  /** When the last request ended. */
  #usedAtMs: Ms = 0;

  constructor(options: OnDemandOptions) {
    this.#options = options;
    this.#loadedAtMs = options.startsLoaded ? 0 : Number.POSITIVE_INFINITY;
  }

  /** Whether a request now would have to fetch them. `open` requests keep them. */
  isColdAt(nowMs: Ms, open: number): boolean {
    if (this.#loadedAtMs === Number.POSITIVE_INFINITY) return true;
    return open === 0 && nowMs > Math.max(this.#usedAtMs, this.#loadedAtMs) + this.#options.idleMs;
  }

  /** When the first step can begin for a request that comes now. */
  readyAtMs(nowMs: Ms, open: number): Ms {
    return this.isColdAt(nowMs, open) ? nowMs + this.#options.loadMs : this.#loadedAtMs;
  }

  /** Until when requests are refused; null when they are not. */
  refusesUntilMs(nowMs: Ms): Ms | null {
    const isLoading = nowMs < this.#loadedAtMs && this.#loadedAtMs !== Number.POSITIVE_INFINITY;
    return isLoading && this.#options.meanwhile === 'refuse' ? this.#loadedAtMs : null;
  }

  /** A request was accepted. Returns whether it has to wait for the weights, because they were not there. */
  wake(nowMs: Ms, open: number): boolean {
    if (!this.isColdAt(nowMs, open)) return false;
    this.#loadedAtMs = nowMs + this.#options.loadMs;
    return true;
  }

  /** The last open request ended. */
  used(atMs: Ms): void {
    this.#usedAtMs = atMs;
  }

  /** They are gone, as after a loss of power. */
  forget(): void {
    this.#loadedAtMs = Number.POSITIVE_INFINITY;
  }
}
