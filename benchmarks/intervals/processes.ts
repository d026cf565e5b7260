import { exponential, normal } from '../../core/random/distributions.ts';
import type { Rng } from '../../core/random/rng.ts';
import { normalQuantile } from '../../core/stats/normal.ts';
import { SlottedSamples } from '../../core/stats/slotted-samples.ts';

/** A process whose quantiles are known, with requests that arrive as a Poisson process. Times are in seconds. */
export interface Process {
  readonly ratePerS: number;
  /** The true `p` quantile of a request's value. */
  quantile(p: number): number;
  /** The values of all requests that arrive in `slots` slots of 15 s, in their order, from a state that is as likely as in the long run. */
  run(slots: number, rng: Rng): SlottedSamples;
}

const SLOT_S = 15;

/** Values that do not depend on each other: lognormal, median 1, sigma 1. */
export const independent = (ratePerS: number): Process => ({
  ratePerS,
  quantile: (p) => Math.exp(normalQuantile(p)),
  run: (slots, rng) => arrivals(slots, ratePerS, rng, () => Math.exp(normal(rng))),
});

/** Times from arrival to departure at one server with exponential service. */
export const exponentialQueue = (ratePerS: number, load: number): Process => {
  const serviceS = load / ratePerS;
  return {
    ratePerS,
    quantile: (p) => (-Math.log(1 - p) * serviceS) / (1 - load),
    run: (slots, rng) =>
      queue(slots, ratePerS, rng, {
        load,
        service: () => exponential(rng, serviceS),
        rest: () => exponential(rng, serviceS),
      }),
  };
};

/** Times from arrival to departure at one server whose service always takes as long. */
export const constantQueue = (ratePerS: number, load: number): Process => {
  const serviceS = load / ratePerS;
  return {
    ratePerS,
    quantile: (p) => serviceS + waitQuantile(p, ratePerS, load),
    run: (slots, rng) =>
      queue(slots, ratePerS, rng, { load, service: () => serviceS, rest: () => rng.next() * serviceS }),
  };
};

/** Bisects the distribution of waiting in M/D/1. Source: A. K. Erlang, 1909; exact to six digits up to some twenty services. */
const waitQuantile = (p: number, ratePerS: number, load: number): number => {
  const serviceS = load / ratePerS;
  const share = (waitS: number): number => {
    let [sum, factorial] = [0, 1];
    for (let k = 0; k * serviceS <= waitS; k++) {
      if (k > 0) factorial *= k;
      const exponent = ratePerS * (k * serviceS - waitS);
      sum += (exponent ** k / factorial) * Math.exp(-exponent);
    }
    return (1 - load) * sum;
  };
  let [low, high] = [0, 20 * serviceS];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (share(middle) < p) low = middle;
    else high = middle;
  }
  return high;
};

/**
 * The first request finds the work of a stationary queue: a geometric number of rests of services. Source: F. Pollaczek and A. Khinchine,
 * as in L. Kleinrock, Queueing Systems I, 1975, 5.7.
 */
const queue = (
  slots: number,
  ratePerS: number,
  rng: Rng,
  { load, service, rest }: { readonly load: number; readonly service: () => number; readonly rest: () => number },
): SlottedSamples => {
  let work = 0;
  while (rng.next() < load) work += rest();
  return arrivals(slots, ratePerS, rng, (sinceS) => {
    work = Math.max(0, work - sinceS) + service();
    return work;
  });
};

const arrivals = (slots: number, ratePerS: number, rng: Rng, value: (sinceS: number) => number): SlottedSamples => {
  const samples = new SlottedSamples();
  for (let atS = 0; ; ) {
    const sinceS = exponential(rng, 1 / ratePerS);
    const isFirst = atS === 0;
    atS += sinceS;
    if (atS >= slots * SLOT_S) return samples;
    samples.add(value(isFirst ? 0 : sinceS), Math.floor(atS / SLOT_S));
  }
};
