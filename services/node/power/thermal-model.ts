import type { Ms } from '../../../core/time/clock.ts';
import type { Cooling } from './cooling-schema.ts';
import { scheduledAt } from './over-time.ts';
import type { PowerModel } from './power-model.ts';

/** How the temperature of a device changes, in kelvin and seconds. */
export interface ThermalModel {
  /** Temperature at the start of a run, after a long idle time; a radiator has a configured one. */
  readonly startK: number;
  /** dT/dt at a given temperature and draw. */
  rateKPerS(temperatureK: number, watts: number, atMs: Ms): number;
  /** -d(dT/dt)/dT, above 0: how fast a temperature difference decays. */
  closingPerS(temperatureK: number): number;
}

export const thermalModelOf = (cooling: Cooling, { idleW, maxW }: PowerModel): ThermalModel => {
  if (cooling.kind === 'radiator') {
    const { areaM2, emissivity, sinkK, startC } = cooling;
    const jPerK = cooling.heatCapacityKJPerK * 1000;
    const perK4 = emissivity * STEFAN_BOLTZMANN * areaM2;
    return {
      startK: startC + ZERO_C,
      rateKPerS: (temperatureK, watts) => (watts - perK4 * (temperatureK ** 4 - sinkK ** 4)) / jPerK,
      closingPerS: (temperatureK) => (4 * perK4 * temperatureK ** 3) / jPerK,
    };
  }
  const around = cooling.kind === 'liquid-hall' ? cooling.coolantC : cooling.ambientC;
  const { riseC, timeConstantS } = cooling;
  const settledK = (watts: number, atMs: Ms): number => scheduledAt(around, atMs) + ZERO_C + (riseC * watts) / maxW;
  return {
    startK: settledK(idleW, 0),
    rateKPerS: (temperatureK, watts, atMs) => (settledK(watts, atMs) - temperatureK) / timeConstantS,
    closingPerS: () => 1 / timeConstantS,
  };
};

/**
 * The temperature after `durationMs` of steady draw. Each integration step solves the linearised equation as an exponential.
 * This is exact for linear cooling and stable for any step, and a higher draw never ends colder.
 */
export const temperatureAfter = (
  model: ThermalModel,
  temperatureK: number,
  { watts, fromMs, durationMs }: { readonly watts: number; readonly fromMs: Ms; readonly durationMs: Ms },
): number => {
  let reachedK = temperatureK;
  let leftS = durationMs / 1000;
  for (let stride = 0; leftS > 0 && stride < MAX_STRIDES; stride++) {
    const closing = model.closingPerS(reachedK);
    const strideS = Math.min(leftS, STRIDE_SHARE / closing);
    const atMs = fromMs + durationMs - leftS * 1000;
    reachedK += (model.rateKPerS(reachedK, watts, atMs) * -Math.expm1(-closing * strideS)) / closing;
    leftS -= strideS;
  }
  return reachedK;
};

/** Integration steps of 1/8 of the decay time. After 40 decay times the temperature no longer changes. */
const STRIDE_SHARE = 1 / 8;
const MAX_STRIDES = 320;

/** W/(m2 K4). Source: CODATA 2018. */
const STEFAN_BOLTZMANN = 5.670374419e-8;

export const ZERO_C = 273.15;
