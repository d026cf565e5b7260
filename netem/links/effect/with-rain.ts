import { earliest } from '../model/earliest.ts';
import type { Effect } from '../model/link-model.ts';
import { isWithin, nextEdgeIn, type Window } from '../model/windows.ts';
import { lostInEither } from './with-loss.ts';

/** A shower over a terminal. */
export interface Rain extends Window {
  /** Share of packets lost on top, 0 to 1. */
  readonly lossRate: number;
  /** What is left of the rate: more than 0, at most 1. */
  readonly rateFactor: number;
}

/** Loses packets and slows down while it rains; showers that overlap, at either end, act together. An unlimited rate stays so. */
export const withRain = (showers: readonly Rain[]): Effect => {
  if (showers.length === 0) return (link) => link;
  const nextEdgeAfter = nextEdgeIn(showers);
  return (link) => ({
    stateAt: (atMs) =>
      showers
        .filter((shower) => isWithin(atMs, shower))
        .reduce(
          (state, { lossRate, rateFactor }) => ({
            up: state.up,
            delayUs: state.delayUs,
            jitterUs: state.jitterUs,
            lossRate: lostInEither(state.lossRate, lossRate),
            rateKbps: state.rateKbps * rateFactor,
          }),
          link.stateAt(atMs),
        ),
    nextChangeAfter: (afterMs) => earliest(link.nextChangeAfter(afterMs), nextEdgeAfter(afterMs)),
  });
};
