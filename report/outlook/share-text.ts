/** A share as text; what is not all or nothing never looks so. `digits` are those of shares near all or nothing. */
export const shareText = (share: number, digits = 2): string => {
  if (share === 0 || share === 1) return `${100 * share} %`;
  const rounded = (100 * share).toFixed(share > 0.1 && share < 0.9 ? 0 : digits);
  const least = 10 ** -digits;
  if (Number(rounded) === 100) return `more than ${(100 - least).toFixed(digits)} %`;
  return Number(rounded) === 0 ? `less than ${least.toFixed(digits)} %` : `${rounded} %`;
};
