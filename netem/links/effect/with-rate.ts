import type { Effect, QueueBound } from '../model/link-model.ts';
import { type Rate, slowerRate } from '../model/slower-rate.ts';
import { withState } from './with-state.ts';

/** Serialises at `rateKbps` where the link below is faster, with a bound of its queue; 0 leaves the link as it is. */
export const withRate = (rateKbps: number, queue?: QueueBound): Effect => {
  const rate: Rate = queue === undefined ? { rateKbps } : { rateKbps, queue };
  return withState((state) => {
    const { queue: _, ...others } = state;
    return { ...others, ...slowerRate(state, rate) };
  });
};
