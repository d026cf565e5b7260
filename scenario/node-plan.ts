import { nodeNames } from './node-names.ts';
import type { Scenario } from './scenario.ts';

/** An inference server at a site. */
export interface NodePlan {
  readonly name: string;
  readonly site: string;
  readonly config: Scenario['nodes'][string];
}

/** The nodes of a scenario; nodes with a count are listed one by one under their numbered names. */
export const nodePlansOf = (scenario: Scenario): readonly NodePlan[] =>
  Object.entries(scenario.nodes).flatMap(([name, config]) =>
    nodeNames(name, config.count).map((one): NodePlan => ({ name: one, site: config.site, config })),
  );
