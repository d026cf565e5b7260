import type { AccessChoices } from '../../sky/path/access-choices.ts';
import type { TimeGrid } from '../../sky/path/time-grid.ts';
import type { Foreseeable } from './foreseeable.ts';
import type { LinkModel } from './link-model.ts';

/**
 * A way of which a forecast knows the choices of each slot, and not the choice: the median over them, and how far they spread. In a slot
 * with no choice it is `otherwise`: no satellite stays in view, so none is drawn.
 */
export const chosenWay = (options: {
  readonly slots: TimeGrid;
  readonly choices: (slot: number) => AccessChoices | null;
  readonly otherwise: LinkModel;
}): Pick<Required<Foreseeable<LinkModel>>, 'foreseen' | 'spread'> => {
  const { slots, choices, otherwise } = options;
  return {
    foreseen: {
      stateAt(atMs) {
        const known = choices(slots.indexAt(atMs));
        if (known === null) return otherwise.stateAt(atMs);
        return { up: true, delayUs: known.medianUs, jitterUs: 0, lossRate: 0, rateKbps: 0 };
      },
      nextChangeAfter(afterMs) {
        const slot = slots.indexAt(afterMs);
        const endMs = slots.startMs(slot + 1);
        return choices(slot) === null ? Math.min(endMs, otherwise.nextChangeAfter(afterMs) ?? endMs) : endMs;
      },
    },
    spread: (atMs) => {
      const known = choices(slots.indexAt(atMs));
      if (known === null) return { belowUs: 0, aboveUs: 0 };
      return { belowUs: known.medianUs - known.p5Us, aboveUs: known.p95Us - known.medianUs };
    },
  };
};
