import { seededRng } from '../core/random/rng.ts';
import type { Clock } from '../core/time/clock.ts';
import { Engine } from '../services/node/engine/engine.ts';
import { engineOptionsOf } from '../services/node/engine-options.ts';
import type { Scenario } from './scenario.ts';
import type { NodePlan } from './topology.ts';

/** The engine of a node, on the given clock: the same on every host. */
export const engineOf = (scenario: Scenario, { name, config }: NodePlan, clock: Clock): Engine =>
  new Engine({ name, ...engineOptionsOf(config), clock, rng: seededRng(scenario.seed)(`node/${name}`) });
