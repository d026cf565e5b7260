import { earliest } from './earliest.ts';
import type { LinkModel } from './link-model.ts';
import { bothLosses } from './packet-loss.ts';
import { slowerRate } from './slower-rate.ts';

/**
 * Two links in series as one. Delays and jitters add up (so the minimum delay is the sum of the minimum delays), the
 * slower rate counts with its queue, losses are independent, and an outage of either stops it. The state of the second is read when a message enters the first.
 */
export const inSeries = (first: LinkModel, second: LinkModel): LinkModel => ({
  stateAt(atMs) {
    const a = first.stateAt(atMs);
    const b = second.stateAt(atMs);
    return {
      up: a.up && b.up,
      delayUs: a.delayUs + b.delayUs,
      jitterUs: a.jitterUs + b.jitterUs,
      ...bothLosses(a, b),
      ...slowerRate(a, b),
    };
  },
  nextChangeAfter: (afterMs) => earliest(first.nextChangeAfter(afterMs), second.nextChangeAfter(afterMs)),
});
