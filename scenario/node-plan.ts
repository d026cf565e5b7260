import type { Scenario } from './scenario.ts';

/** An inference server at a site. */
export interface NodePlan {
  readonly name: string;
  readonly site: string;
  readonly config: Scenario['nodes'][string];
}

/** The nodes of a scenario, those with a count under their own names. */
export const nodePlansOf = (scenario: Scenario): readonly NodePlan[] =>
  Object.entries(scenario.nodes).flatMap(([name, config]) =>
    Array.from({ length: config.count }, (_, index): NodePlan => {
      return { name: config.count === 1 ? name : `${name}-${index + 1}`, site: config.site, config };
    }),
  );
