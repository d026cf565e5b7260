/** One point: `value` should be what is `known` of it (0) and the sum of `terms`, each times its coefficient. */
export interface FitPoint {
  readonly terms: readonly number[];
  readonly value: number;
  readonly known?: number;
}

/**
 * The coefficients with the least sum of squared relative errors, so that a short operator counts as much as a long one. Solves
 * the normal equations by elimination, which is exact enough for the few terms of an operator.
 */
export const leastSquares = (points: readonly FitPoint[]): readonly number[] => {
  const size = points[0]!.terms.length;
  const rows = Array.from({ length: size }, () => Array.from({ length: size + 1 }, () => 0));
  for (const { terms, value, known = 0 } of points) {
    const weight = 1 / value ** 2;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) rows[row]![column]! += weight * terms[row]! * terms[column]!;
      rows[row]![size]! += weight * terms[row]! * (value - known);
    }
  }
  return eliminated(rows);
};

/** Solves a linear system whose last column is the right side. */
const eliminated = (rows: number[][]): readonly number[] => {
  for (let pivot = 0; pivot < rows.length; pivot++) {
    const best = rows.slice(pivot).reduce((most, row) => (Math.abs(row[pivot]!) > Math.abs(most[pivot]!) ? row : most));
    rows.splice(rows.indexOf(best), 1);
    rows.splice(pivot, 0, best);
    for (const row of rows) {
      if (row === best) continue;
      const factor = row[pivot]! / best[pivot]!;
      for (let column = pivot; column < row.length; column++) row[column]! -= factor * best[column]!;
    }
  }
  return rows.map((row, index) => row.at(-1)! / row[index]!);
};

/** The mean relative error of coefficients, as a share. */
export const meanError = (points: readonly FitPoint[], coefficients: readonly number[]): number =>
  points.reduce((sum, { terms, value, known = 0 }) => {
    const fitted = terms.reduce((total, term, index) => total + term * coefficients[index]!, known);
    return sum + Math.abs(fitted / value - 1);
  }, 0) / points.length;
