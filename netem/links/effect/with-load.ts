import { drawAt, streamKey } from '../../../core/random/rng.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { earliest } from '../model/earliest.ts';
import type { Effect, LinkState } from '../model/link-model.ts';
import { isWithin, nextEdgeIn, type Window } from '../model/windows.ts';
import { lostInEither } from './with-loss.ts';
import { withState } from './with-state.ts';

/** How a user's own traffic fills the queue of their dish. The numbers are those of full load; a share of it adds as much less. */
export interface Load {
  /** Load of the whole run, 0 to 1. */
  readonly share: number;
  /** Stretches of run time with a share of their own; where they overlap, the highest holds. */
  readonly windows: readonly (Window & { readonly share: number })[];
  /** Median wait in the queue, in microseconds. */
  readonly queueUs: number;
  /** How skewed the waits are: the inverse of a Weibull's shape. */
  readonly queueSkew: number;
  /** Half-width of the variation on top; it only ever adds. */
  readonly jitterUs: number;
  readonly lossRate: number;
}

/** Adds queueing that is drawn anew every half second, jitter and loss. `stream` names the chance. */
export const withLoad = (load: Load, stream: string): Effect => {
  if (load.share === 0 && load.windows.length === 0) return (link) => link;
  const key = streamKey(stream);
  const nextEdgeAfter = nextEdgeIn(load.windows);
  const shareAt = (atMs: Ms): number => {
    const scripted = load.windows.filter((window) => isWithin(atMs, window));
    return scripted.length === 0 ? load.share : Math.max(...scripted.map(({ share }) => share));
  };
  return (link) => ({
    stateAt(atMs) {
      const draw = drawAt(key, Math.floor(atMs / HELD_MS));
      return loaded(link.stateAt(atMs), load, shareAt(atMs), waitAt(draw, load));
    },
    nextChangeAfter(afterMs) {
      const change = earliest(link.nextChangeAfter(afterMs), nextEdgeAfter(afterMs));
      return earliest(change, (Math.floor(afterMs / HELD_MS) + 1) * HELD_MS);
    },
  });
};

/** What to expect where neither draws nor script are known: the load of the whole run, and the median wait. */
export const withUsualLoad = (load: Load): Effect =>
  load.share === 0 ? (link) => link : withState((state) => loaded(state, load, load.share, load.queueUs));

const HELD_MS = 500;

/** The wait that a share `draw` of all waits is below. */
const waitAt = (draw: number, { queueUs, queueSkew }: Load): number =>
  queueUs * (-Math.log1p(-draw) / Math.LN2) ** queueSkew;

const loaded = (state: LinkState, load: Load, share: number, waitUs: number): LinkState => ({
  ...state,
  delayUs: state.delayUs + share * (waitUs + load.jitterUs),
  jitterUs: state.jitterUs + share * load.jitterUs,
  lossRate: lostInEither(state.lossRate, share * load.lossRate),
});
