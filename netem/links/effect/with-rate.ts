import type { Effect } from '../model/link-model.ts';
import { withState } from './with-state.ts';

/** Serialises at `rateKbps` where the link below is faster; 0 leaves the link as it is. */
export const withRate = (rateKbps: number): Effect =>
  withState((state) => ({ ...state, rateKbps: slowerKbps(state.rateKbps, rateKbps) }));

/** The lower of two rates, where 0 is unlimited. */
export const slowerKbps = (a: number, b: number): number => (a === 0 || b === 0 ? Math.max(a, b) : Math.min(a, b));
