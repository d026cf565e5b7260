import { normalQuantile } from './normal.ts';

/**
 * The value that a share `below` (between 0 and 1, exclusive) of Student's t distribution is less than, for `freedom` degrees of freedom
 * (1 or more), within 0.2 %. Sources: the closed forms for 1 and 2; else Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 26.7.5.
 */
export const studentQuantile = (below: number, freedom: number): number => {
  const centred = 2 * below - 1;
  if (freedom === 1) return Math.tan((Math.PI * centred) / 2);
  if (freedom === 2) return centred * Math.sqrt(2 / (1 - centred ** 2));
  const z = normalQuantile(below);
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3) +
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / (92_160 * freedom ** 4)
  );
};
