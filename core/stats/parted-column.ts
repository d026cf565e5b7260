/** A column as parts of these sizes behind each other, without a copy. */
export const partedColumn = <Column extends Float64Array | Uint32Array>(
  column: Column,
  sizes: Uint32Array,
): readonly Column[] => {
  let end = 0;
  return Array.from(sizes, (size) => {
    end += size;
    return column.subarray(end - size, end) as Column;
  });
};
