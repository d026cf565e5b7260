import { type RecordedLinks, recordedLinks } from '../netem/links/trace/recorded-link.ts';
import type { RecordingConfig } from '../netem/links/trace/recording-schema.ts';
import type { Scenario } from './scenario.ts';

/**
 * The links of a recording of a scenario whose ends are so far apart, in microseconds one way. It is read once, whatever the seed and
 * however many paths it is played on. @throws ConfigError with the line of the first mistake in a file.
 */
export const recordedOf = (
  { files }: Pick<Scenario, 'files'>,
  recording: RecordingConfig,
  leastOneWayUs: number,
): RecordedLinks => {
  const known = knownOf.get(files) ?? new Map<string, RecordedLinks>();
  knownOf.set(files, known);
  const key = `${leastOneWayUs} ${JSON.stringify(recording)}`;
  const links = known.get(key) ?? recordedLinks(recording, { textOf: (file) => files[file]!, leastOneWayUs });
  known.set(key, links);
  return links;
};

/** All seeds of a scenario have the same files. */
const knownOf = new WeakMap<Scenario['files'], Map<string, RecordedLinks>>();
