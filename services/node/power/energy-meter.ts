import type { Event } from '../../../core/event/event.ts';
import type { Ms } from '../../../core/time/clock.ts';

export type EnergyReading = Omit<Extract<Event, { kind: 'energy' }>, 'kind' | 'node'>;

/** One time span of steady draw. */
export interface SteadyDraw {
  readonly fromMs: Ms;
  readonly durationMs: Ms;
  readonly watts: number;
  readonly usd: number | null;
  readonly gCo2: number | null;
  readonly isBusy: boolean;
  readonly isCapped: boolean;
  readonly isThrottled: boolean;
  readonly isOut: boolean;
}

/** Adds up spans and tokens between two readings. */
export class EnergyMeter {
  #fromMs: Ms = 0;
  #toMs: Ms = 0;
  #joules = 0;
  #usd: number | null = 0;
  #gCo2: number | null = 0;
  #promptTokens = 0;
  #outputTokens = 0;
  #busyMs = 0;
  #cappedMs = 0;
  #throttledMs = 0;
  #outMs = 0;

  /** Length of the current reading, which was not taken yet. */
  get pendingMs(): Ms {
    return this.#toMs - this.#fromMs;
  }

  /** Adds a span, which must begin where the last one ended. */
  add(span: SteadyDraw): void {
    const { durationMs } = span;
    this.#toMs = span.fromMs + durationMs;
    this.#joules += (span.watts * durationMs) / 1000;
    this.#usd = span.usd === null || this.#usd === null ? null : this.#usd + span.usd;
    this.#gCo2 = span.gCo2 === null || this.#gCo2 === null ? null : this.#gCo2 + span.gCo2;
    if (span.isBusy) this.#busyMs += durationMs;
    if (span.isBusy && span.isCapped) this.#cappedMs += durationMs;
    if (span.isBusy && span.isThrottled) this.#throttledMs += durationMs;
    if (span.isOut) this.#outMs += durationMs;
  }

  tokens(prompt: number, output: number): void {
    this.#promptTokens += prompt;
    this.#outputTokens += output;
  }

  /** The reading since the last call. `state` holds the values that the meter does not know. */
  take(state: Pick<EnergyReading, 'maxTempC' | 'batteryShare'>): EnergyReading {
    const reading: EnergyReading = {
      atMs: this.#toMs,
      durationMs: this.pendingMs,
      joules: this.#joules,
      promptTokens: this.#promptTokens,
      outputTokens: this.#outputTokens,
      usd: this.#usd,
      gCo2: this.#gCo2,
      busyMs: this.#busyMs,
      cappedMs: this.#cappedMs,
      throttledMs: this.#throttledMs,
      outMs: this.#outMs,
      ...state,
    };
    this.#fromMs = this.#toMs;
    this.#joules = this.#promptTokens = this.#outputTokens = 0;
    this.#usd = this.#gCo2 = 0;
    this.#busyMs = this.#cappedMs = this.#throttledMs = this.#outMs = 0;
    return reading;
  }
}
