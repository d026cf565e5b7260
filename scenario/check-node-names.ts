import type { Config } from '../core/config/read-config.ts';
import { nodeNames } from './node-names.ts';
import type { ScenarioConfig } from './schema.ts';

/**
 * Checks that no two nodes have the same name, including the names numbered by a count: logs, paths and containers use it.
 * Throws `ConfigError` with the place of the first mistake.
 */
export const checkNodeNames = (config: Config<ScenarioConfig>): void => {
  const { nodes } = config.value;
  for (const [name, { count }] of Object.entries(nodes)) {
    if (count === 1) continue;
    const taken = nodeNames(name, count).find(
      (numbered) => Object.hasOwn(nodes, numbered) && nodes[numbered]!.count === 1,
    );
    if (taken === undefined) continue;
    throw config.mistake(
      ['nodes', name, 'count'],
      `is ${count}, which gives a node the name "${taken}" of another node`,
    );
  }
};
