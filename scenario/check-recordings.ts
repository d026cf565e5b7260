import type { Config } from '../core/config/read-config.ts';
import { clashInRecording } from '../netem/links/trace/recording-schema.ts';
import { recordingsOf } from './recordings-of.ts';
import type { ScenarioConfig } from './schema.ts';

/** Checks what recordings need beside their files. Throws `ConfigError` with the place of the first mistake. */
export const checkRecordings = (config: Config<ScenarioConfig>): void => {
  for (const { path, config: recording } of recordingsOf(config.value)) {
    const clash = clashInRecording(recording);
    if (clash !== null) throw config.mistake(path, clash);
  }
};
