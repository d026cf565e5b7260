import type { Profile } from '../engine/profile.ts';
import type { Batch } from '../engine/step-time.ts';

type PowerFigures = NonNullable<Profile['power']>;

/** The power draw of a device, in watts. */
export interface PowerModel {
  readonly idleW: number;
  readonly maxW: number;
  /** Draw while it computes this batch at full speed. */
  drawW(batch: Pick<Batch, 'tokens' | 'sequences'>): number;
}

/**
 * A curve through the three figures of a profile. Decoding B sequences draws ceiling - (ceiling - small) * e^(-(B - 8)/55);
 * computing prompts draws 0.95 of the maximum. A step with both is weighted by its tokens.
 *
 * Source: for an H100 with Llama 8B it is 454 + 235 * (1 - e^(-B/55)), a fit to ML.ENERGY within 1 %. That the curve has the
 * same ceiling (689 of 700 W) and bend on other devices is assumed.
 */
export const powerModelOf = ({ idleW, smallBatchW, maxW }: PowerFigures): PowerModel => {
  const ceilingW = Math.max(smallBatchW, CEILING * maxW);
  const prefillW = PREFILL * maxW;
  const reachW = (ceilingW - smallBatchW) * Math.exp(SMALL_BATCH / BEND);
  // Most steps have as many sequences as the one before.
  let size = Number.NaN;
  let decodeW = Number.NaN;
  return {
    idleW,
    maxW,
    drawW: ({ tokens, sequences }) => {
      if (sequences !== size) {
        size = sequences;
        decodeW = ceilingW - reachW * Math.exp(-sequences / BEND);
      }
      const promptShare = (tokens - sequences) / tokens;
      return Math.max(idleW, decodeW + promptShare * (prefillW - decodeW));
    },
  };
};

/** The batch size of `smallBatchW` in a profile. */
const SMALL_BATCH = 8;
const BEND = 55;
const CEILING = 689 / 700;
const PREFILL = 0.95;
