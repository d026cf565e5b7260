/**
 * The value that a share `below` (between 0 and 1, exclusive) of the beta distribution with parameters `a` and `b` (above 0) is less
 * than, by bisection.
 */
export const betaQuantile = (below: number, a: number, b: number): number => {
  let [low, high] = [0, 1];
  for (let halving = 0; halving < 100; halving++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (betaCdf(middle, a, b) < below) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** The share of the beta distribution that lies below `x` (0 to 1). Source: NIST Handbook of Mathematical Functions, 8.17.22. */
export const betaCdf = (x: number, a: number, b: number): number => {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side of the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCdf(1 - x, b, a);
  const logFactor = a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b);
  return (Math.exp(logFactor) / a) * betaFraction(x, a, b);
};

/** The continued fraction of the incomplete beta function, from the front. Source: W. J. Lentz, Applied Optics, 1976. */
const betaFraction = (x: number, a: number, b: number): number => {
  const notZero = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let upper = 1;
  let lower = 1 / notZero(1 - ((a + b) * x) / (a + 1));
  let value = lower;
  for (let m = 1; m <= MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let factor = 1;
    for (const term of [even, odd]) {
      lower = 1 / notZero(1 + term * lower);
      upper = notZero(1 + term / upper);
      factor = upper * lower;
      value *= factor;
    }
    if (Math.abs(factor - 1) < 1e-14) break;
  }
  return value;
};

/** It takes some times the square root of the parameters: enough for hundreds of millions. */
const MOST_TERMS = 100_000;

/** The logarithm of the gamma function for `z` above 0. Source: Stirling's series, NIST Handbook of Mathematical Functions, 5.11.1. */
const logGamma = (z: number): number => {
  if (z < 10) return logGamma(z + 1) - Math.log(z);
  const inverse = 1 / (z * z);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / z;
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series;
};
