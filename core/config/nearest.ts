/** The candidate that a person most likely meant by `word`, or null when none is near. */
export const nearest = (word: string, candidates: readonly string[]): string | null => {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: { readonly candidate: string; readonly distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && (best === null || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate ?? null;
};

/** `did you mean "x"?`, or the list of candidates when none is near: the first of them where there are many. */
export const suggestion = (word: string, candidates: readonly string[]): string => {
  const near = nearest(word, candidates);
  if (near !== null) return `did you mean "${near}"?`;
  if (candidates.length === 0) return 'there is none';
  const more = candidates.length - MOST_LISTED;
  const listed = candidates.slice(0, more > 1 ? MOST_LISTED : candidates.length).join(', ');
  return `expected one of ${listed}${more > 1 ? ` and ${more} more` : ''}`;
};

/** A line of so many names can still be read; scenarios with routers everywhere have thousands of paths. */
const MOST_LISTED = 200;

/** Insertions, deletions, replacements and swaps of neighbours between two words. Source: Damerau, 1964. */
const editDistance = (a: string, b: string): number => {
  const width = b.length + 1;
  const cost = new Int32Array((a.length + 1) * width);
  for (let row = 0; row <= a.length; row++) cost[row * width] = row;
  for (let column = 0; column <= b.length; column++) cost[column] = column;
  for (let row = 1; row <= a.length; row++) {
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min(
        cost[(row - 1) * width + column]! + 1,
        cost[row * width + column - 1]! + 1,
        cost[(row - 1) * width + column - 1]! + same,
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, cost[(row - 2) * width + column - 2]! + 1);
      cost[row * width + column] = least;
    }
  }
  return cost[a.length * width + b.length]!;
};
