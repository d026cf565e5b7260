import { earliest } from '../model/earliest.ts';
import type { Effect } from '../model/link-model.ts';
import { isWithin, nextEdgeIn, type Window } from '../model/windows.ts';
import { lostInEither } from './with-loss.ts';

/** What other people's traffic does to a link for a while. */
export interface Congestion extends Window {
  /** The least wait in the queue, in microseconds. */
  readonly queueUs: number;
  /** Half-width of the variation on top, in microseconds: waits run from `queueUs` to `queueUs + 2 * jitterUs`. */
  readonly jitterUs: number;
  /** Share of packets that find the queue full, 0 to 1. */
  readonly lossRate: number;
}

/** Adds queueing delay, jitter and loss for the given stretches of run time; those that overlap add up. */
export const withCongestion = (congestions: readonly Congestion[]): Effect => {
  const nextEdgeAfter = nextEdgeIn(congestions);
  return (link) => ({
    stateAt: (atMs) =>
      congestions
        .filter((congestion) => isWithin(atMs, congestion))
        .reduce(
          (state, { queueUs, jitterUs, lossRate }) => ({
            up: state.up,
            rateKbps: state.rateKbps,
            delayUs: state.delayUs + queueUs + jitterUs,
            jitterUs: state.jitterUs + jitterUs,
            lossRate: lostInEither(state.lossRate, lossRate),
          }),
          link.stateAt(atMs),
        ),
    nextChangeAfter: (afterMs) => earliest(link.nextChangeAfter(afterMs), nextEdgeAfter(afterMs)),
  });
};
