import type { Rng } from '../../../core/random/rng.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { type CappedStepTime, cappedStepTimeOf } from '../power/power-cap.ts';
import type { Profile } from './profile.ts';
import { type Noise, withNoise } from './step-noise.ts';
import { type Batch, lockStepTime, type StepTime, stepTimeOf } from './step-time.ts';

export interface StepDurationOptions {
  readonly profile: Profile;
  readonly noise: Noise;
  /** Extra time of a step compared with bare metal, as a share. Default 0. */
  readonly overhead?: number;
  readonly rng: Rng;
}

/**
 * The duration of the steps of one engine: the formula of its profile, made longer by a virtual machine, by a power cap and
 * by a slower pace. `phi` is the speed that power allows, as a share; 1 is full speed.
 */
export class StepDuration {
  readonly #stepTime: StepTime;
  readonly #cappedStepTime: CappedStepTime;
  readonly #overhead: number;
  readonly #noise: Noise;
  readonly #rng: Rng;
  #pace = 1;

  constructor({ profile, noise, overhead = 0, rng }: StepDurationOptions) {
    this.#stepTime = slowed(lockStepTime(stepTimeOf(profile.step)), overhead);
    this.#cappedStepTime = lockStepTime(cappedStepTimeOf(profile.step));
    this.#overhead = overhead;
    this.#noise = noise;
    this.#rng = rng;
  }

  /** From the next step on, steps take `factor` times as long; 1 is the duration in the profile. */
  pace(factor: number): void {
    this.#pace = factor;
  }

  /** Duration of a step without noise. */
  plainMs(batch: Batch, phi: number): Ms {
    const stepMs = phi === 1 ? this.#stepTime(batch) : this.#cappedStepTime(batch, phi) * (1 + this.#overhead);
    return stepMs * this.#pace;
  }

  /** Duration of a step with noise, drawn anew for each call. */
  drawMs(batch: Batch, phi: number): Ms {
    return withNoise(this.plainMs(batch, phi), this.#noise, this.#rng);
  }
}

const slowed = (stepTime: StepTime, overhead: number): StepTime =>
  overhead === 0 ? stepTime : (batch) => stepTime(batch) * (1 + overhead);
