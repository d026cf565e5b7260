import { type Space, spaceOf } from '../../netem/sky/path/space.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { SkyWatch } from '../links/sky-watch.ts';

/** The sky of a scenario as its runs compute it: with its failures, and in its steps. */
export interface ScenarioWatch extends SkyWatch {
  readonly space: Space;
}

export const scenarioWatch = ({ network, epochUnixMs, seed }: Scenario): ScenarioWatch => {
  const { constellation, stepMs } = network;
  const space = spaceOf({ constellation, failures: constellation.failures, stepMs, epochUnixMs, seed });
  const { sky, slots, steps, takesShortest } = space;
  const at: SkyWatch['at'] = (atMs, asOfMs = atMs) => space.atStep(steps.indexAt(atMs), steps.indexAt(asOfMs));
  return { space, sky, slots, takesShortest, at };
};
