import type { StepTime } from '../engine/step-time.ts';
import type { PowerModel } from './power-model.ts';

/** A node at a load that all nodes are compared at: 32 answers at a time, 1,024 tokens of context each, nothing capped. */
export interface Rating {
  readonly tokensPerS: number;
  /** Null where nothing is published of what the device draws. */
  readonly jPerToken: number | null;
}

export const ratingOf = (stepTime: StepTime, power: PowerModel | null): Rating => {
  const stepS = stepTime(RATED) / 1000;
  const tokensPerS = RATED.tokens / stepS;
  return { tokensPerS, jPerToken: power === null ? null : power.drawW(RATED) / tokensPerS };
};

const RATED = { tokens: 32, sequences: 32, contextTokens: 32 * 1024, attentionPairs: 0 };

/** What a unit of energy and an hour of a node cost; null where that is not known. */
export interface UnitCosts {
  readonly usdPerKwh: number | null;
  readonly gCo2PerKwh: number | null;
  readonly usdPerHour: number | null;
  readonly pue: number;
}

/** What an endpoint asks for a million tokens of answers; null where that is not known. */
export interface TokenPrice {
  readonly usdPerMillionTokens: number | null;
  readonly gCo2PerMillionTokens: number | null;
}

/**
 * The price of tokens at the rated load. It follows the price of energy and not the load: were an idle node dear because its
 * hour is shared by few tokens, a policy would leave it idle for ever. What was paid is in the log.
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
