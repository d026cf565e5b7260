import { overridden } from '../core/config/overrides.ts';
import type { RouterChange } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';
import { type ReloadedScenario, routerChanges } from './reloaded-scenario.ts';
import type { Scenario } from './scenario.ts';
import type { ScenarioConfig } from './schema.ts';

/** What a router runs. */
export interface RouterRun {
  readonly scenario: Scenario;
  /** A policy or a variant. */
  readonly policy: string;
}

export interface RolloutStep extends Pick<NonNullable<ScenarioConfig['rollout']>[number], 'policy' | 'router'> {
  readonly atMs: Ms;
}

/** What a router, by its name in the plan, is told while it runs, in the order of time. */
export const rolloutOf = ({ rollout = [] }: Pick<Scenario, 'rollout'>, name: string): readonly RolloutStep[] =>
  rollout
    .filter(({ routers }) => routers === undefined || routers.includes(name))
    .map(({ atS, routers: _routers, ...step }) => ({ ...step, atMs: atS * 1000 }))
    .sort((a, b) => a.atMs - b.atMs);

/** What runs after a step, and what of it is another than before. */
export const afterStep = ({ scenario, policy: was }: RouterRun, step: RolloutStep): RouterRun & ReloadedScenario => {
  const { policy = was } = step;
  const router = overridden<Scenario['router']>(scenario.router, step.router);
  return between({ scenario, policy: was }, { scenario: { ...scenario, router }, policy });
};

/** The second, and what of it is another than in the first. */
export const between = (before: RouterRun, after: RouterRun): RouterRun & ReloadedScenario => {
  const policy: RouterChange = { key: 'policy', from: before.policy, to: after.policy };
  return {
    ...after,
    changes: [...(before.policy === after.policy ? [] : [policy]), ...routerChanges(before.scenario, after.scenario)],
  };
};
