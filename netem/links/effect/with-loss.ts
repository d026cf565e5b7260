import type { BurstLoss, Effect, LinkState } from '../model/link-model.ts';
import { bothLosses, type Loss } from '../model/packet-loss.ts';
import { withState } from './with-state.ts';

/** Loses packets at `lossRate` (0 to 1), independently of what the link below loses. */
export const withLoss = (lossRate: number): Effect => withState((state) => losing(state, { lossRate }));

/** Loses packets in bursts, independently of what the link below loses. */
export const withBurstLoss = (burst: BurstLoss): Effect => withState((state) => losing(state, { lossRate: 0, burst }));

/** `state` with a loss on top: see `bothLosses`. */
export const losing = (state: LinkState, loss: Loss): LinkState => ({ ...state, ...bothLosses(state, loss) });
