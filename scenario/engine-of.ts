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
    // Who asks for the lateness of steps has a real clock, on which other work has to have its turn.
    ...(onStepLate && { onStepLate, tellsInARow: TELLS_IN_A_ROW }),
    name: plan.name,
    ...engineOptionsOf(plan.config, `nodes.${plan.name}`),
    power: nodePowerOf(scenario, plan, emit),
    clock,
    rng: seededRng(scenario.seed)(`node/${plan.name}`),
  });

/** Writing a token of an answer takes some tens of microseconds, so that this is about a millisecond. */
const TELLS_IN_A_ROW = 32;
