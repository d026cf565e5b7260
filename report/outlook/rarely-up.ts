/** Whether a path is up for so small a share of a run that somebody should be told. Starts of slots take 1 to 2 %. */
export const isRarelyUp = (upShare: number): boolean => upShare < 0.95;
