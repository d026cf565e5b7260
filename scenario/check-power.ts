import type { Config } from '../core/config/read-config.ts';
import { engineOptionsOf } from '../services/node/engine-options.ts';
import type { ScenarioConfig } from './schema.ts';

/**
 * Checks that keys about power are only given for nodes whose profile has power, and that caps are not below idle power.
 * Throws `ConfigError` with the place of the first mistake.
 */
export const checkPower = (config: Config<ScenarioConfig>): void => {
  for (const [name, node] of Object.entries(config.value.nodes)) {
    const { power, id } = engineOptionsOf(node, `nodes.${name}`).profile;
    if (power !== null) {
      const { powerW = Number.POSITIVE_INFINITY } = node.capacity;
      if (powerW >= power.idleW) continue;
      const message = `is ${powerW}, expected at least ${power.idleW}, what ${id} of node "${name}" draws idle`;
      throw config.mistake(['nodes', name, 'capacity', 'powerW'], message);
    }
    const why = `but profile ${id} of node "${name}" has no watts; expected a profile with power`;
    if (node.cooling !== undefined) throw config.mistake(['nodes', name, 'cooling'], `is given, ${why}`);
    if (node.capacity.powerW !== undefined) {
      throw config.mistake(['nodes', name, 'capacity', 'powerW'], `is given, ${why}`);
    }
    const { power: feed } = config.value.sites[node.site]!;
    if (feed !== undefined) throw config.mistake(['sites', node.site, 'power'], `is given, ${why}`);
  }
};
