import { earliest } from '../model/earliest.ts';
import type { Effect } from '../model/link-model.ts';
import { isWithin, nextEdgeIn, type Window } from '../model/windows.ts';

/** Takes the link down for the given stretches of run time; they may overlap. */
export const withOutages = (outages: readonly Window[]): Effect => {
  if (outages.length === 0) return (link) => link;
  const nextEdgeAfter = nextEdgeIn(outages);
  return (link) => ({
    stateAt(atMs) {
      const state = link.stateAt(atMs);
      return outages.some((outage) => isWithin(atMs, outage)) ? { ...state, up: false } : state;
    },
    nextChangeAfter: (afterMs) => earliest(link.nextChangeAfter(afterMs), nextEdgeAfter(afterMs)),
  });
};
