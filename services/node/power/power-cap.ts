import type { Ms } from '../../../core/time/clock.ts';
import { type Batch, expertsTimeOf, type StepCoefficients } from '../engine/step-time.ts';

/** The cap of a device, its idle draw, and the draw of the running step without the cap, in watts. */
export type Capped = Readonly<Record<'capW' | 'idleW' | 'demandW', number>>;

/**
 * The speed of arithmetic under a cap, as a share of full speed: ((cap - idle) / (demand - idle)) ^ 0.4. The base is at least
 * 0.05. Voltage falls with the clock, so the power above idle is proportional to the clock to the power of 2 to 3.
 */
export const phiOf = (capped: Capped): number => {
  const share = shareOf(capped);
  return share === 1 ? 1 : share ** EXPONENT; // hot path: a power takes as long as the rest of a step
};

/** Draw of a device under a cap, in watts. A cap below the draw at the lowest clock cannot be kept. */
export const drawnW = (capped: Capped): number => capped.idleW + shareOf(capped) * (capped.demandW - capped.idleW);

/** Share of the demanded power above idle that is drawn. */
const shareOf = ({ capW, idleW, demandW }: Capped): number =>
  capW >= demandW ? 1 : Math.max((capW - idleW) / (demandW - idleW), LEAST_SHARE);

const LEAST_SHARE = 0.05;
/** Between 1/2 and 1/3: the inverse of the exponent of the clock. */
const EXPONENT = 0.4;

/** Duration of a step when arithmetic has the speed `phi`. */
export type CappedStepTime = (batch: Batch, phi: number) => Ms;

/**
 * The formula of `stepTimeOf`, with compute terms multiplied by 1/phi and memory terms by 1/phi^0.15, because memory has its
 * own clock. Sampling is assumed to slow down like arithmetic. A cap does not slow collectives. At phi 1 both formulas agree.
 */
export const cappedStepTimeOf = (cost: StepCoefficients): CappedStepTime => {
  const expertsReadMs = expertsTimeOf(cost.experts && { ...cost.experts, tokenUs: 0 });
  const expertTokenUs = cost.experts?.tokenUs ?? 0;
  return (batch, phi) => {
    const compute = 1 / phi;
    const memory = phi ** -MEMORY_EXPONENT;
    const { tokens, sequences, prefills } = batch;
    const decodes = sequences - prefills;
    const isMixed = prefills > 0 && decodes > 0;
    const contextTokenUs = isMixed ? (cost.mixedContextTokenUs ?? cost.contextTokenUs) : cost.contextTokenUs;
    const attended = batch.contextTokens + cost.contextSkew * (decodes * batch.longestContext - batch.contextTokens);
    const mixedMs = isMixed
      ? decodes * (cost.mixedDecodeUs / 1e3 + (batch.longestChunk * cost.mixedPaddingNs) / 1e6)
      : 0;
    return (
      cost.baseMs * compute +
      Math.max(
        (cost.weightsMs + (tokens * cost.weightsTokenUs) / 1e3) * memory,
        (cost.computeBaseMs + (tokens * cost.tokenUs) / 1e3) * compute,
      ) +
      ((attended * contextTokenUs) / 1e3 + expertsReadMs(batch.groupTokens)) * memory +
      (mixedMs +
        (batch.attentionPairs * cost.attentionPairNs) / 1e6 +
        (sequences * cost.sequenceUs + batch.groupTokens * expertTokenUs) / 1e3) *
        compute +
      cost.collectiveBaseMs +
      (tokens * cost.collectiveTokenUs) / 1e3
    );
  };
};

const MEMORY_EXPONENT = 0.15;
