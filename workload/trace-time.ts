import type { Trace } from './trace.ts';

/** The trace repeated end to end: the gap from its last row to its first is its mean gap. */
export const traceTimeS = (trace: Trace, row: number): number => {
  const rows = trace.arrivalS.length;
  const lengthS = (trace.arrivalS[rows - 1]! * rows) / Math.max(1, rows - 1) || 1;
  return Math.floor(row / rows) * lengthS + trace.arrivalS[row % rows]!;
};
