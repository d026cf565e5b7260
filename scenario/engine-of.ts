import type { EventSink } from '../core/event/event.ts';
import { seededRng } from '../core/random/rng.ts';
import type { Clock, Ms } from '../core/time/clock.ts';
import { Engine } from '../services/node/engine/engine.ts';
import { engineOptionsOf } from '../services/node/engine-options.ts';
import type { NodePlan } from './node-plan.ts';
import { nodePowerOf } from './node-power-of.ts';
import type { Scenario } from './scenario.ts';

/**
 * The engine of a node with its power, on the given clock: the same on every host. `emit` gets its energy events, `onStepLate`
 * the lateness of its steps on a real clock.
 */
export const engineOf = (
  scenario: Scenario,
  plan: NodePlan,
  clock: Clock,
  emit: EventSink,
  onStepLate?: (lateMs: Ms) => void,
): Engine =>
  new Engine({
    ...(onStepLate && { onStepLate }),
    name: plan.name,
    ...engineOptionsOf(plan.config, `nodes.${plan.name}`),
    power: nodePowerOf(scenario, plan, emit),
    clock,
    rng: seededRng(scenario.seed)(`node/${plan.name}`),
  });
