import { drawAt, streamKey } from '../../../core/random/rng.ts';
import { memoByIndex } from '../../sky/path/memo-by-index.ts';
import type { TimeGrid } from '../../sky/path/time-grid.ts';
import { earliest } from '../model/earliest.ts';
import type { Effect } from '../model/link-model.ts';

/** What a terminal adds in one direction on top of geometry, by frame scheduling and processing. */
export interface AccessOverhead {
  /** The least that is added, in microseconds. */
  readonly floorUs: number;
  /** Median of the lognormal part that holds for a slot, in microseconds. */
  readonly heldMedianUs: number;
  /** Standard deviation of its logarithm. */
  readonly heldSigma: number;
  /** What the held part never passes, in microseconds. */
  readonly heldMostUs: number;
  /** Half-width of the variation within a slot; it only ever adds, so the mean rises by as much. */
  readonly jitterUs: number;
}

/**
 * Adds a right-skewed overhead that is drawn once a slot, and jitter within it. `stream` names the chance.
 * Fitted to round trips from user terminals to PoPs at ten sites: see `netem/data/README.md`.
 */
export const withAccessOverhead = (slots: TimeGrid, overhead: AccessOverhead, stream: string): Effect => {
  const { floorUs, heldMedianUs, heldSigma, heldMostUs, jitterUs } = overhead;
  const radiusKey = streamKey(`${stream}/radius`);
  const angleKey = streamKey(`${stream}/angle`);
  const heldUs = memoByIndex((slot) => {
    const normal =
      Math.sqrt(-2 * Math.log1p(-drawAt(radiusKey, slot))) * Math.cos(2 * Math.PI * drawAt(angleKey, slot));
    return Math.min(heldMostUs, heldMedianUs * Math.exp(heldSigma * normal));
  });
  return (link) => ({
    stateAt(atMs) {
      const state = link.stateAt(atMs);
      return {
        ...state,
        delayUs: state.delayUs + floorUs + heldUs(slots.indexAt(atMs)) + jitterUs,
        jitterUs: state.jitterUs + jitterUs,
      };
    },
    nextChangeAfter: (afterMs) => earliest(link.nextChangeAfter(afterMs), slots.startMs(slots.indexAt(afterMs) + 1)),
  });
};

/** The overhead to expect where the draws are not known. */
export const expectedOverheadUs = (overhead: AccessOverhead): number =>
  overhead.floorUs + overhead.heldMedianUs + overhead.jitterUs;
