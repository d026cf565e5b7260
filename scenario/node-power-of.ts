import type { EventSink } from '../core/event/event.ts';
import { stepTimeOf } from '../services/node/engine/step-time.ts';
import { engineOptionsOf } from '../services/node/engine-options.ts';
import { NodePower } from '../services/node/power/node-power.ts';
import { powerModelOf } from '../services/node/power/power-model.ts';
import { ratingOf } from '../services/node/power/rated-cost.ts';
import type { SiteShareOptions } from '../services/node/power/site-share.ts';
import { type NodePlan, nodePlansOf } from './node-plan.ts';
import type { Scenario } from './scenario.ts';
import { sunOf } from './sun-of.ts';

/** The power of a node, or null where its profile has none. `emit` gets its readings. */
export const nodePowerOf = (scenario: Scenario, plan: NodePlan, emit: EventSink): NodePower | null => {
  const { name, config } = plan;
  const { profile } = engineOptionsOf(config, `nodes.${name}`);
  if (profile.power === null) return null;
  const model = powerModelOf(profile.power);
  return new NodePower({
    model,
    rating: ratingOf(stepTimeOf(profile.step), model),
    site: siteShareOf(scenario, plan, model.maxW),
    cooling: config.cooling ?? null,
    capW: config.capacity.powerW ?? null,
    usdPerHour: config.price?.usdPerHour ?? null,
    onReading: (reading) => emit({ kind: 'energy', node: name, ...reading }),
  });
};

/** Nodes share a site by their maximum draw, at any load. */
const siteShareOf = (scenario: Scenario, { site }: NodePlan, maxW: number): SiteShareOptions | null => {
  const config = scenario.sites[site]!.power;
  if (config === undefined) return null;
  const neighbours = nodePlansOf(scenario).filter((node) => node.site === site);
  const draws = neighbours.map((node) => engineOptionsOf(node.config, `nodes.${node.name}`).profile.power?.maxW ?? 0);
  const share = maxW / draws.reduce((sum, watts) => sum + watts, 0);
  return { config, share, sun: config.kind === 'solar' ? sunOf(scenario, site) : null };
};
