import { fibreDelayUs } from '../../sky/path/fibre-delay.ts';
import type { BurstLoss, LinkModel, QueueBound } from './link-model.ts';

export interface Fibre {
  /** How much longer than the great circle the cable is: at least 1. */
  readonly stretch: number;
  /** What the equipment on the way adds, in microseconds. */
  readonly equipmentUs: number;
  /** Half-width of the variation; it only adds, so the mean rises by as much. */
  readonly jitterUs: number;
  readonly lossRate: number;
  readonly rateKbps: number;
  readonly burst?: BurstLoss | undefined;
  readonly queue?: QueueBound | undefined;
}

/** A cable between two places `greatCircleKm` apart: it never changes. */
export const fibreLink = (greatCircleKm: number, fibre: Fibre): LinkModel => {
  const { stretch, equipmentUs, jitterUs, lossRate, rateKbps, burst, queue } = fibre;
  const delayUs = fibreDelayUs(greatCircleKm, stretch) + equipmentUs + jitterUs;
  const state = {
    up: true,
    delayUs,
    jitterUs,
    lossRate,
    rateKbps,
    ...(burst === undefined ? {} : { burst }),
    ...(queue === undefined ? {} : { queue }),
  };
  return { stateAt: () => state, nextChangeAfter: () => null };
};
