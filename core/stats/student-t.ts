/**
 * The share of Student's t distribution that lies within `t` of 0, for a whole number of degrees of freedom.
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 26.7.3 and 26.7.4: finite sums, so exact but for rounding.
 */
export const studentTWithin = (t: number, freedom: number): number => {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = 0;
  for (let order = isOdd ? 3 : 2; order <= freedom; order += 2) {
    sum += term;
    term *= (cosine * cosine * (order - 1)) / order;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
};

/**
 * The `t` within which a share `within` (0 to 1, exclusive) of Student's t distribution lies: 12.706 for 0.95 and one degree of freedom.
 * Throws for degrees of freedom that are not a whole number from 1.
 */
export const studentT = (within: number, freedom: number): number => {
  if (!Number.isInteger(freedom) || freedom < 1)
    throw new RangeError(`${freedom} degrees of freedom, expected 1, 2, 3, ...`);
  let high = 1;
  while (studentTWithin(high, freedom) < within) high *= 2;
  let low = 0;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (studentTWithin(middle, freedom) < within) low = middle;
    else high = middle;
  }
  return high;
};
