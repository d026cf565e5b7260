import type { Config } from '../core/config/read-config.ts';
import { clashInRecording } from '../netem/links/trace/recording-schema.ts';
import type { ScenarioConfig } from './schema.ts';

/** Checks what recordings need beside their files. Throws `ConfigError` with the place of the first mistake. */
export const checkRecordings = (config: Config<ScenarioConfig>): void => {
  for (const [name, { access }] of Object.entries(config.value.clients)) {
    if (access.kind !== 'trace' && access.kind !== 'mahimahi') continue;
    const clash = clashInRecording(access);
    if (clash !== null) throw config.mistake(['clients', name, 'access'], clash);
  }
};
