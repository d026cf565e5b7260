import { suggestion } from '../core/config/nearest.ts';
import type { Config } from '../core/config/read-config.ts';
import type { ScenarioConfig } from './schema.ts';

/** Checks that some node serves each model that the load asks for. Throws `ConfigError` with the place of the mistake. */
export const checkModels = (config: Config<ScenarioConfig>): void => {
  const { nodes, load } = config.value;
  const served = Object.values(nodes).map(({ models }) => models);
  if (served.includes(undefined)) return; // that one serves any
  const names = [...new Set(served.flat() as string[])];
  for (const [name, { model }] of Object.entries(load.classes ?? {})) {
    if (model === undefined || names.includes(model)) continue;
    throw config.mistake(
      ['load', 'classes', name, 'model'],
      `is "${model}", which no node serves; ${suggestion(model, names)}`,
    );
  }
};
