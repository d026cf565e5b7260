import type { Ms } from '../../../core/time/clock.ts';
import { earliest } from '../model/earliest.ts';
import type { Effect } from '../model/link-model.ts';
import { isWithin, nextEdgeIn, type Window } from '../model/windows.ts';

/** A break of a cable, from the cut to its repair. */
export interface Cut extends Window {
  /** When traffic has found its way around: nothing passes before. `toMs` or later when there is no way around. */
  readonly detourFromMs: Ms;
  /** How much longer the way around takes, in microseconds: at least 0. */
  readonly detourUs: number;
}

/** Takes the link down at each cut until traffic finds its way around, which holds until the repair. The longest detour counts. */
export const withCuts = (cuts: readonly Cut[]): Effect => {
  if (cuts.length === 0) return (link) => link;
  const outages = cuts.map(({ fromMs, toMs, detourFromMs }) => ({ fromMs, toMs: Math.min(toMs, detourFromMs) }));
  const nextEdgeAfter = nextEdgeIn([...cuts, ...outages]);
  return (link) => ({
    stateAt(atMs) {
      const state = link.stateAt(atMs);
      const current = cuts.filter((cut) => isWithin(atMs, cut));
      if (current.length === 0) return state;
      return {
        ...state,
        up: state.up && !outages.some((outage) => isWithin(atMs, outage)),
        delayUs: state.delayUs + Math.max(...current.map(({ detourUs }) => detourUs)),
      };
    },
    nextChangeAfter: (afterMs) => earliest(link.nextChangeAfter(afterMs), nextEdgeAfter(afterMs)),
  });
};
