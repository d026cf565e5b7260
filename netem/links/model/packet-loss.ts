import type { BurstLoss, LinkState } from './link-model.ts';

/** The probability that at least one of two independent losses happens. */
export const lostInEither = (a: number, b: number): number => a + b - a * b;

/** The share of packets that a chain loses in the long run, 0 to 1. */
export const meanBurstLoss = ({ p, r, lossInBad, lossInGood }: BurstLoss): number =>
  (r * lossInGood + p * lossInBad) / (p + r);

/** The share of packets that are lost while the link is up, by both kinds of loss, in the long run. */
export const meanLossRate = ({ lossRate, burst }: LinkState): number =>
  burst === undefined ? lossRate : lostInEither(lossRate, meanBurstLoss(burst));

/** Loss of a link: independent packet by packet, and in bursts. */
export type Loss = Pick<LinkState, 'lossRate' | 'burst'>;

/**
 * Two losses that happen independently of each other, as one. Independent rates combine exactly, and so does a chain with a
 * rate. Two chains have no common chain of two states: the one that loses more stays, and the other counts with its
 * mean as an independent rate. The mean of the whole is exact.
 */
export const bothLosses = (a: Loss, b: Loss): Loss => {
  const lossRate = lostInEither(a.lossRate, b.lossRate);
  if (a.burst === undefined || b.burst === undefined) {
    const burst = a.burst ?? b.burst;
    return burst === undefined ? { lossRate } : { lossRate, burst };
  }
  const [more, less] = meanBurstLoss(a.burst) >= meanBurstLoss(b.burst) ? [a.burst, b.burst] : [b.burst, a.burst];
  return { lossRate: lostInEither(lossRate, meanBurstLoss(less)), burst: more };
};

/** The chain of a link with its independent loss included, as netem takes one loss model alone. */
export const wholeChain = (burst: BurstLoss, lossRate: number): BurstLoss => ({
  ...burst,
  lossInBad: lostInEither(burst.lossInBad, lossRate),
  lossInGood: lostInEither(burst.lossInGood, lossRate),
});
