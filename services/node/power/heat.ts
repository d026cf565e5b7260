import type { Ms } from '../../../core/time/clock.ts';
import type { Cooling } from './cooling-schema.ts';
import type { PowerModel } from './power-model.ts';
import { type ThermalModel, temperatureAfter, thermalModelOf, ZERO_C } from './thermal-model.ts';

/** The temperature of a device over time, and whether it is throttled, with hysteresis. */
export class Heat {
  /** Highest draw while it is throttled. */
  readonly throttleW: number;
  readonly #model: ThermalModel;
  readonly #throttleAtK: number;
  readonly #resumeAtK: number;
  #temperatureK: number;
  #isThrottled = false;
  #hottestK: number;
  #fromMs: Ms = 0;
  #pendingJ = 0;
  #pendingMs: Ms = 0;

  constructor(cooling: Cooling, power: PowerModel) {
    this.#model = thermalModelOf(cooling, power);
    this.#throttleAtK = cooling.throttleAtC + ZERO_C;
    this.#resumeAtK = cooling.resumeAtC + ZERO_C;
    this.throttleW = power.idleW + cooling.throttleShare * (power.maxW - power.idleW);
    this.#temperatureK = this.#model.startK;
    this.#hottestK = this.#temperatureK;
  }

  get temperatureC(): number {
    return this.#temperatureK - ZERO_C;
  }

  get isThrottled(): boolean {
    return this.#isThrottled;
  }

  /** Adds a span of steady draw. Short spans are combined, because a step of some milliseconds does not change a temperature. */
  add(watts: number, fromMs: Ms, durationMs: Ms): void {
    if (this.#pendingMs === 0) this.#fromMs = fromMs;
    this.#pendingJ += (watts * durationMs) / 1000;
    this.#pendingMs += durationMs;
    if (this.#pendingMs >= TOGETHER_MS) this.#move();
  }

  /** The highest temperature since the last call. */
  takeHottestC(): number {
    const hottestC = this.#hottestK - ZERO_C;
    this.#hottestK = this.#temperatureK;
    return hottestC;
  }

  #move(): void {
    const watts = (this.#pendingJ * 1000) / this.#pendingMs;
    const span = { watts, fromMs: this.#fromMs, durationMs: this.#pendingMs };
    this.#temperatureK = temperatureAfter(this.#model, this.#temperatureK, span);
    this.#hottestK = Math.max(this.#hottestK, this.#temperatureK);
    this.#pendingJ = this.#pendingMs = 0;
    if (this.#temperatureK >= this.#throttleAtK) this.#isThrottled = true;
    else if (this.#temperatureK < this.#resumeAtK) this.#isThrottled = false;
  }
}

const TOGETHER_MS = 100;
