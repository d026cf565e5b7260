import type { Ms } from '../../../core/time/clock.ts';
import type { LinkModel } from './link-model.ts';

/** `link` from 0 to `cycleMs`, repeated: parts that began in different cycles compute the same. */
export const cyclicLink = (link: LinkModel, cycleMs: Ms): LinkModel => {
  const startMs = (atMs: Ms): Ms => Math.floor(atMs / cycleMs) * cycleMs;
  return {
    stateAt: (atMs) => link.stateAt(atMs - startMs(atMs)),
    nextChangeAfter(afterMs) {
      const baseMs = startMs(afterMs);
      const nextMs = link.nextChangeAfter(afterMs - baseMs);
      if (nextMs === null || nextMs >= cycleMs) return baseMs + cycleMs;
      return Math.min(onTheWay(baseMs, nextMs), baseMs + cycleMs);
    },
  };
};

/** The first instant at least `sinceMs` after `baseMs`: a sum rounded down would still show the state before the change. */
const onTheWay = (baseMs: Ms, sinceMs: Ms): Ms => {
  let atMs = baseMs + sinceMs;
  while (atMs - baseMs < sinceMs) atMs += Math.abs(atMs) * Number.EPSILON;
  return atMs;
};
