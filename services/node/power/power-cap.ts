import type { Ms } from '../../../core/time/clock.ts';
import type { Batch, StepCoefficients } from '../engine/step-time.ts';

/**
 * The speed of arithmetic under a cap, as a share of full speed: ((cap - idle) / (demand - idle)) ^ 0.4, the share under the
 * power no less than 0.05. Voltage falls with the clock, so that power above idle goes with its power of 2 to 3.
 */
export const phiOf = ({ capW, idleW, demandW }: Record<'capW' | 'idleW' | 'demandW', number>): number =>
  capW >= demandW ? 1 : Math.max((capW - idleW) / (demandW - idleW), LEAST_SHARE) ** EXPONENT;

const LEAST_SHARE = 0.05;
/** Between 1/2 and 1/3, the inverse of that power. */
const EXPONENT = 0.4;

/** How long a step takes at a speed of arithmetic `phi`. */
export type CappedStepTime = (batch: Batch, phi: number) => Ms;

/**
 * The formula of `stepTimeOf` with its compute terms 1/phi as long and those of memory 1/phi^0.15: memory has a clock of its
 * own. Sampling goes with arithmetic, which is assumed; collectives go over wires that know no cap. At phi 1 it is that formula.
 */
export const cappedStepTimeOf = (cost: StepCoefficients): CappedStepTime => {
  return (batch, phi) => {
    const compute = 1 / phi;
    const memory = phi ** -MEMORY_EXPONENT;
    return (
      cost.baseMs * compute +
      Math.max(cost.weightsMs * memory, (cost.computeBaseMs + (batch.tokens * cost.tokenUs) / 1e3) * compute) +
      ((batch.contextTokens * cost.contextTokenUs) / 1e3) * memory +
      ((batch.attentionPairs * cost.attentionPairNs) / 1e6 + (batch.sequences * cost.sequenceUs) / 1e3) * compute +
      cost.collectiveBaseMs +
      (batch.tokens * cost.collectiveTokenUs) / 1e3
    );
  };
};

const MEMORY_EXPONENT = 0.15;
