import type { Rng } from '../../../core/random/rng.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { type CappedStepTime, cappedStepTimeOf } from '../power/power-cap.ts';
import type { Profile } from './profile.ts';
import { type Noise, withNoise } from './step-noise.ts';
import { type Batch, type StepTime, stepTimeOf } from './step-time.ts';

export interface StepDurationOptions {
  readonly profile: Profile;
  readonly noise: Noise;
  /** How much longer a step takes than on bare metal, as a share; 0 when left out. */
  readonly overhead?: number;
  readonly rng: Rng;
}

/**
 * How long the steps of one engine take: the formula of its profile, longer in a virtual machine, under a cap of its power
 * and at a slower pace. `phi` is the speed that power allows, as a share; 1 is full speed.
 */
export class StepDuration {
  readonly #stepTime: StepTime;
  readonly #cappedStepTime: CappedStepTime;
  readonly #overhead: number;
  readonly #noise: Noise;
  readonly #rng: Rng;
  #pace = 1;

  constructor({ profile, noise, overhead = 0, rng }: StepDurationOptions) {
    this.#stepTime = slowed(stepTimeOf(profile.step), overhead);
    this.#cappedStepTime = cappedStepTimeOf(profile.step);
    this.#overhead = overhead;
    this.#noise = noise;
    this.#rng = rng;
  }

  /** Steps from the next one on take `factor` times as long; 1 is as the profile says. */
  pace(factor: number): void {
    this.#pace = factor;
  }

  /** What a step takes that nothing disturbs. */
  plainMs(batch: Batch, phi: number): Ms {
    const stepMs = phi === 1 ? this.#stepTime(batch) : this.#cappedStepTime(batch, phi) * (1 + this.#overhead);
    return stepMs * this.#pace;
  }

  /** What a step takes this time. */
  drawMs(batch: Batch, phi: number): Ms {
    return withNoise(this.plainMs(batch, phi), this.#noise, this.#rng);
  }
}

const slowed = (stepTime: StepTime, overhead: number): StepTime =>
  overhead === 0 ? stepTime : (batch) => stepTime(batch) * (1 + overhead);
