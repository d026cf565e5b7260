import { drawAt, streamKey } from './rng.ts';

/** One draw from the standard normal for (stream, index): random without state, in any order. Source: Box and Muller, 1958. */
export const normalAt = (stream: string): ((index: number) => number) => {
  const radiusKey = streamKey(`${stream}/radius`);
  const angleKey = streamKey(`${stream}/angle`);
  return (index) =>
    Math.sqrt(-2 * Math.log1p(-drawAt(radiusKey, index))) * Math.cos(2 * Math.PI * drawAt(angleKey, index));
};

/**
 * Standard normal draws of which neighbours resemble each other, as in an autoregressive process of order 1: draws `n` apart have a
 * correlation of about `persistence ** n`. Each is a weighted sum of the last independent draws, so that it too can be asked for
 * in any order. `persistence` is at least 0, which gives the draws of `normalAt`, and at most 0.95.
 */
export const lastingNormalAt = (stream: string, persistence: number): ((index: number) => number) => {
  const drawn = normalAt(stream);
  if (persistence === 0) return drawn;
  const count = Math.ceil(Math.log(FORGOTTEN) / Math.log(persistence));
  const norm = Math.sqrt((1 - persistence ** (2 * count)) / (1 - persistence ** 2));
  return (index) => {
    let sum = 0;
    for (let ago = count - 1; ago >= 0; ago--) sum = sum * persistence + drawn(index - ago);
    return sum / norm;
  };
};

/** The weight from which on earlier draws do not count. */
const FORGOTTEN = 0.01;
