import type { EventSink } from '../core/event/event.ts';
import { seededRng } from '../core/random/rng.ts';
import { linkForecast } from '../router/endpoint/forecast.ts';
import { madeRouter } from '../router/made-router.ts';
import type { PickTimer } from '../router/metrics/pick-metrics.ts';
import type { Observer } from '../router/observation.ts';
import { createPolicy } from '../router/pick/create-policy.ts';
import { checkedPolicy, isOwnPolicy } from '../router/pick/own-policy.ts';
import type { Policy } from '../router/pick/policy.ts';
import { dressed } from '../router/pick/registry.ts';
import type { PolicyRecipe } from '../router/pick/running-policy.ts';
import type { Truth } from '../router/policy/oracle.ts';
import { routedEvents } from '../router/routed-events.ts';
import type { Router, RouterOptions } from '../router/router.ts';
import { meantPolicy } from './meant-policy.ts';
import { madeOwnPolicy } from './own-policies.ts';
import type { RouterPlan } from './router-plan.ts';
import type { Scenario } from './scenario.ts';
import { scenarioObjectives } from './scenario-objectives.ts';
import type { Topology } from './topology.ts';

/**
 * A router of the scenario under one policy: the same on every host. `topology` is what it sees: see `topologyFrom`. Only a simulation can
 * give a `truth`.
 */
export const routerOf = (
  scenario: Scenario,
  topology: Topology,
  options: {
    /** Its name, or the policy itself. */
    readonly policy: string | Policy;
    readonly emit: EventSink;
    readonly truth?: Truth;
    /** Who else hears what happens. */
    readonly observers?: readonly Observer[];
    /** Times the choices. */
    readonly picks?: PickTimer;
    /** Has load reports count later, see `RouterOptions`. */
    readonly later?: NonNullable<RouterOptions['later']>;
  },
): Router => {
  const [plan] = topology.routers;
  const { knowledge } = plan!.config;
  const { label } = plan!;
  const { policy, emit, truth, observers = [], picks = null, later } = options;
  const forecast = linkForecast(
    topology.endpoints.map(({ links }) => links.foreseen),
    knowledge,
    label === null ? scenario.seed : `${scenario.seed}/${label}`,
  );
  const names = topology.endpoints.map(({ name }) => name);
  return madeRouter({
    specs: topology.endpoints,
    table: { forecast, seed: scenario.seed },
    settings: plan!.config,
    policy: typeof policy === 'string' ? policyOf(plan!, policy, { scenario, ...(truth && { truth }) }) : policy,
    rng: seededRng(scenario.seed)(label === null ? 'policy' : `policy/${label}`),
    observers: [routedEvents(emit, names, label), ...observers],
    label: `${scenario.seed}/${label ?? 'router'}`,
    knowsSlots: knowledge.kind !== 'none',
    picks,
    ...(later && { later }),
  });
};

/**
 * A policy, or a variant of one, with the parameters and the objectives that the scenario gives it for a router; one of the files of the scenario
 * may have it. Throws `ConfigError` for an unknown name.
 */
export const policyOf = (
  plan: RouterPlan,
  name: string,
  from: { readonly scenario: Scenario; readonly truth?: Truth },
): Policy => {
  const { make, dress } = policyRecipeOf(plan, name, from);
  return dress(make());
};

/** How `policyOf` makes it, for a router that goes on with another scenario. */
export const policyRecipeOf = (
  { config, label }: RouterPlan,
  name: string,
  { scenario, truth }: { readonly scenario: Scenario; readonly truth?: Truth },
): PolicyRecipe => {
  const { policy, params } = meantPolicy(config, name) ?? { policy: name, params: {} };
  const { prices, hysteresis } = config;
  const objectives = scenarioObjectives(scenario);
  const rngOf = () => seededRng(scenario.seed)(label === null ? 'policy/own' : `policy/${label}/own`);
  if (!isOwnPolicy(policy)) {
    const context = { objectives, ...(truth === undefined ? {} : { truth }) };
    return {
      of: [policy, params],
      make: () => createPolicy(policy, params, { ...context, rng: rngOf() }),
      in: [prices, hysteresis],
      dress: (bare) => dressed(bare, { prices, hysteresis }),
    };
  }
  const text = scenario.files[policy]!;
  return {
    of: [policy, params, text],
    make: () => madeOwnPolicy(text, policy, params, rngOf()),
    in: [prices, hysteresis],
    dress: (bare) => checkedPolicy(dressed(bare, { prices, hysteresis }), policy),
  };
};
