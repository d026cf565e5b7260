import type { Ms } from '../../../core/time/clock.ts';
import type { Batch, StepCoefficients } from '../engine/step-time.ts';

/** A cap on a device, what it draws when idle, and what the step under way would draw without the cap, in watts. */
export type Capped = Readonly<Record<'capW' | 'idleW' | 'demandW', number>>;

/**
 * The speed of arithmetic under a cap, as a share of full speed: ((cap - idle) / (demand - idle)) ^ 0.4, the share under the
 * power no less than 0.05. Voltage falls with the clock, so that power above idle goes with its power of 2 to 3.
 */
export const phiOf = (capped: Capped): number => shareOf(capped) ** EXPONENT;

/** What a device draws under a cap, in watts: a cap below what its lowest clock draws is not kept. */
export const drawnW = (capped: Capped): number => capped.idleW + shareOf(capped) * (capped.demandW - capped.idleW);

/** Of the power above idle that is demanded, how much is drawn. */
const shareOf = ({ capW, idleW, demandW }: Capped): number =>
  capW >= demandW ? 1 : Math.max((capW - idleW) / (demandW - idleW), LEAST_SHARE);

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
