import type { Effect } from '../model/link-model.ts';
import { withState } from './with-state.ts';

/** Loses packets at `lossRate` (0 to 1), independently of what the link below loses. */
export const withLoss = (lossRate: number): Effect =>
  withState((state) => ({ ...state, lossRate: lostInEither(state.lossRate, lossRate) }));

/** The probability that at least one of two independent losses happens. */
export const lostInEither = (a: number, b: number): number => a + b - a * b;
