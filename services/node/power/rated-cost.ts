import { EMPTY_BATCH, type StepTime } from '../engine/step-time.ts';
import type { PowerModel } from './power-model.ts';

/** A node at the rated load, the same for all nodes: 32 answers at a time, 1,024 tokens of context each, no cap. */
export interface Rating {
  readonly tokensPerS: number;
  /** Null when no power figures of the device are published. */
  readonly jPerToken: number | null;
}

export const ratingOf = (stepTime: StepTime, power: PowerModel | null): Rating => {
  const stepS = stepTime(RATED) / 1000;
  const tokensPerS = RATED.tokens / stepS;
  return { tokensPerS, jPerToken: power === null ? null : power.drawW(RATED) / tokensPerS };
};

const RATED = { ...EMPTY_BATCH, tokens: 32, groupTokens: 32, sequences: 32, contextTokens: 32 * 1024 };

/** The cost of a unit of energy and of an hour of a node; null when not known. */
export interface UnitCosts {
  readonly usdPerKwh: number | null;
  readonly gCo2PerKwh: number | null;
  readonly usdPerHour: number | null;
  readonly pue: number;
}

/** The price of an endpoint for a million answer tokens; null when not known. */
export interface TokenPrice {
  readonly usdPerMillionTokens: number | null;
  readonly gCo2PerMillionTokens: number | null;
}

/**
 * The price of tokens at the rated load. It follows the price of energy, but not the load. Otherwise an idle node would be
 * expensive, because few tokens share its hour, and a policy would leave it idle for ever. The real cost is in the log.
 */
export const ratedPrice = ({ tokensPerS, jPerToken }: Rating, costs: UnitCosts): TokenPrice => {
  const kwh = jPerToken === null ? null : (jPerToken * costs.pue * MILLION) / J_PER_KWH;
  const energyUsd = times(kwh, costs.usdPerKwh);
  const rentUsd = costs.usdPerHour === null ? null : (costs.usdPerHour * MILLION) / (tokensPerS * 3600);
  return {
    usdPerMillionTokens: energyUsd === null && rentUsd === null ? null : (energyUsd ?? 0) + (rentUsd ?? 0),
    gCo2PerMillionTokens: times(kwh, costs.gCo2PerKwh),
  };
};

const times = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a * b);

const MILLION = 1e6;
const J_PER_KWH = 3.6e6;
