import type { Effect, LinkState } from '../model/link-model.ts';

/** The effect that maps every state and keeps the instants of change. */
export const withState =
  (change: (state: LinkState) => LinkState): Effect =>
  (link) => ({
    stateAt: (atMs) => change(link.stateAt(atMs)),
    nextChangeAfter: (afterMs) => link.nextChangeAfter(afterMs),
  });
