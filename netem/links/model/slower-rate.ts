import type { LinkState } from './link-model.ts';

/** A rate in kilobits a second, 0 for unlimited, and the bound of the queue before it, if it has one. */
export type Rate = Pick<LinkState, 'rateKbps' | 'queue'>;

/** The slower of two rates in a row, with its queue: no other queue fills. Of two equal rates, the first counts. */
export const slowerRate = (a: Rate, b: Rate): Rate => {
  const { rateKbps, queue } = slowerKbps(a.rateKbps, b.rateKbps) === a.rateKbps ? a : b;
  return queue === undefined ? { rateKbps } : { rateKbps, queue };
};

/** The lower of two rates, where 0 is unlimited. */
export const slowerKbps = (a: number, b: number): number => (a === 0 || b === 0 ? Math.max(a, b) : Math.min(a, b));
