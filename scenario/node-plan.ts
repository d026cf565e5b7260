import { nodeNames } from './node-names.ts';
import type { ScenarioConfig } from './schema.ts';

/** An inference server at a site. */
export interface NodePlan {
  readonly name: string;
  readonly site: string;
  readonly config: ScenarioConfig['nodes'][string];
}

/** The nodes of a scenario; nodes with a count are listed one by one under their numbered names. */
export const nodePlansOf = ({ nodes }: Pick<ScenarioConfig, 'nodes'>): readonly NodePlan[] =>
  Object.entries(nodes).flatMap(([name, config]) =>
    nodeNames(name, config.count).map((one): NodePlan => ({ name: one, site: config.site, config })),
  );
