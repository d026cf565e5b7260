/**
 * The point with the lowest `cost` that a simplex finds from `start`, in at most `evaluations`. It needs no derivative, which a cost made
 * of quantiles has not. Source: Nelder and Mead, 1965; steps that depend on the dimension: Gao and Han, 2012.
 */
export const nelderMead = (
  cost: (point: readonly number[]) => number,
  start: readonly number[],
  { step, evaluations }: { readonly step: number; readonly evaluations: number },
): { readonly point: readonly number[]; readonly cost: number } => {
  const size = start.length;
  const [expand, contract, shrink] = [1 + 2 / size, 0.75 - 1 / (2 * size), 1 - 1 / size];
  let left = evaluations;
  const corner = (point: readonly number[]) => {
    left--;
    return { point, cost: cost(point) };
  };
  const corners = [
    start,
    ...start.map((_, axis) => start.map((value, index) => value + (index === axis ? step : 0))),
  ].map(corner);
  while (left > 0) {
    corners.sort((a, b) => a.cost - b.cost);
    const worst = corners[size]!;
    if (worst.cost - corners[0]!.cost < ALIKE) break;
    const middle = start.map(
      (_, axis) => corners.slice(0, size).reduce((sum, { point }) => sum + point[axis]!, 0) / size,
    );
    const along = (factor: number) =>
      corner(middle.map((value, axis) => value + factor * (value - worst.point[axis]!)));
    const mirrored = along(1);
    if (mirrored.cost < corners[0]!.cost) {
      const farther = along(expand);
      corners[size] = farther.cost < mirrored.cost ? farther : mirrored;
      continue;
    }
    if (mirrored.cost < corners[size - 1]!.cost) {
      corners[size] = mirrored;
      continue;
    }
    const nearer = along(mirrored.cost < worst.cost ? contract : -contract);
    if (nearer.cost < Math.min(mirrored.cost, worst.cost)) {
      corners[size] = nearer;
      continue;
    }
    const best = corners[0]!.point;
    for (let index = 1; index <= size; index++) {
      corners[index] = corner(best.map((value, axis) => value + shrink * (corners[index]!.point[axis]! - value)));
    }
  }
  return corners.reduce((a, b) => (b.cost < a.cost ? b : a));
};

/** A difference of costs that means nothing. */
const ALIKE = 1e-8;
