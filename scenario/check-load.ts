import type { Config } from '../core/config/read-config.ts';
import type { ScenarioConfig } from './schema.ts';

/** Checks that no process of the load is without a client. Throws `ConfigError` with the place of the mistake. */
export const checkLoad = (config: Config<ScenarioConfig>): void => {
  const { load, clients } = config.value;
  const most = Math.max(1, Object.keys(clients).length);
  if (load.processes <= most) return;
  throw config.mistake(
    ['load', 'processes'],
    `is ${load.processes}, expected at most ${most}: a client is in one process, and there are ${most}`,
  );
};
