import { memoByIndex } from '../../sky/path/memo-by-index.ts';
import type { StepGrid } from '../../sky/path/time-grid.ts';
import type { LinkModel } from './link-model.ts';

/**
 * A way through space: only its length, which is recomputed at each step and is the same in both directions. The other
 * layers are effects on top of it.
 *
 * `routeUs` gives the one-way time of a step, Infinity when there is no way; the link is then down, and its delay is
 * `downDelayUs`, which must be finite.
 */
export const leoLink = (options: {
  readonly steps: StepGrid;
  readonly routeUs: (step: number) => number;
  readonly downDelayUs: number;
}): LinkModel => {
  const { steps, routeUs, downDelayUs } = options;
  const stateOf = memoByIndex((step) => {
    const delayUs = routeUs(step);
    const up = delayUs < Number.POSITIVE_INFINITY;
    return { up, delayUs: up ? delayUs : downDelayUs, jitterUs: 0, lossRate: 0, rateKbps: 0 };
  });
  return {
    stateAt: (atMs) => stateOf(steps.indexAt(atMs)),
    nextChangeAfter: (afterMs) => steps.startMs(steps.indexAt(afterMs) + 1),
  };
};
