/**
 * Remembers `compute` for the last whole numbers asked, `size` of them (a power of two), whatever their order. Links ask for
 * now and for some instant ahead in turn, so one remembered value would not do.
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
