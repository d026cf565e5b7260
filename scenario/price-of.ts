import { stepTimeOf } from '../services/node/engine/step-time.ts';
import { engineOptionsOf } from '../services/node/engine-options.ts';
import { scheduledAt } from '../services/node/power/over-time.ts';
import { powerModelOf } from '../services/node/power/power-model.ts';
import { ratedPrice, ratingOf, type TokenPrice } from '../services/node/power/rated-cost.ts';
import type { NodePlan } from './node-plan.ts';
import type { Scenario } from './scenario.ts';

/** What a node charges for a million tokens when the run starts, if the scenario says it. */
export const priceOf = (scenario: Scenario, { name, site, config }: NodePlan): TokenPrice => {
  const { power, step } = engineOptionsOf(config, `nodes.${name}`).profile;
  const feed = scenario.sites[site]!.power;
  return ratedPrice(ratingOf(stepTimeOf(step), power === null ? null : powerModelOf(power)), {
    usdPerKwh: feed === undefined ? null : scheduledAt(feed.priceUsdPerKwh, 0),
    gCo2PerKwh: feed === undefined ? null : scheduledAt(feed.carbonGPerKwh, 0),
    usdPerHour: config.price === undefined ? null : scheduledAt(config.price.usdPerHour, 0),
    pue: feed?.pue ?? 1,
  });
};
