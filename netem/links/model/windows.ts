import type { Ms } from '../../../core/time/clock.ts';

/** A stretch of run time that begins at `fromMs` and ends before `toMs`. */
export interface Window {
  readonly fromMs: Ms;
  readonly toMs: Ms;
}

/** The same stretch, in seconds. */
export const windowOf = ({ fromS, toS }: { readonly fromS: number; readonly toS: number }): Window => {
  return { fromMs: fromS * 1000, toMs: toS * 1000 };
};

export const isWithin = (atMs: Ms, { fromMs, toMs }: Window): boolean => atMs >= fromMs && atMs < toMs;

/** Finds the first begin or end of a window after an instant; null when there is none. */
export const nextEdgeIn = (windows: readonly Window[]): ((afterMs: Ms) => Ms | null) => {
  const edges = Float64Array.from(windows.flatMap(({ fromMs, toMs }) => [fromMs, toMs])).sort();
  return (afterMs) => edges.find((edge) => edge > afterMs) ?? null;
};
