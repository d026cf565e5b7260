/**
 * The share of a standard normal distribution that lies below `z`, within 1e-7.
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 26.2.17.
 */
export const normalCdf = (z: number): number => {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const above = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z < 0 ? above : 1 - above;
};

/** The value that a share `below` (between 0 and 1, exclusive) of a standard normal distribution is less than, by bisection. */
export const normalQuantile = (below: number): number => {
  let [low, high] = [-9, 9];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < below) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};
