/**
 * Caches `compute` for the last `size` indexes (whole numbers; `size` is a power of two), in any order. Links ask in turn
 * for now and for an instant ahead, so one cached value is not enough.
 */
export const memoByIndex = <T>(compute: (index: number) => T, size = 16): ((index: number) => T) => {
  const indexes = new Float64Array(size).fill(Number.NaN);
  const values = new Array<T>(size);
  return (index) => {
    const place = index & (size - 1);
    if (indexes[place] !== index) {
      values[place] = compute(index);
      indexes[place] = index;
    }
    return values[place]!;
  };
};
