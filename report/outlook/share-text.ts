/** A share as text; what is not all or nothing never looks so. */
export const shareText = (share: number): string => {
  if (share === 0 || share === 1) return `${100 * share} %`;
  const rounded = (100 * share).toFixed(share > 0.1 && share < 0.9 ? 0 : 2);
  if (rounded === '100.00') return 'more than 99.99 %';
  return rounded === '0.00' ? 'less than 0.01 %' : `${rounded} %`;
};
