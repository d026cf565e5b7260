import { filesOfRecording, type RecordingConfig } from '../netem/links/trace/recording-schema.ts';
import type { ScenarioConfig } from './schema.ts';

/** A recording of a link, where it is in the scenario, and the files that it names with the keys that name them. */
export interface NamedRecording {
  readonly path: readonly string[];
  readonly config: RecordingConfig;
  readonly files: readonly (readonly [key: string, file: string])[];
}

/** Every recorded link of a scenario: the access of users, and paths from the router. */
export const recordingsOf = ({
  clients,
  paths,
}: Pick<ScenarioConfig, 'clients' | 'paths'>): readonly NamedRecording[] => [
  ...Object.entries(clients).flatMap(([name, { access }]) =>
    access.kind === 'trace' || access.kind === 'mahimahi' ? [named(['clients', name, 'access'], access)] : [],
  ),
  ...Object.entries(paths).flatMap(([key, { recorded = {} }]) =>
    (['fibre', 'laser'] as const).flatMap((medium) => {
      const config = recorded[medium];
      return config === undefined ? [] : [named(['paths', key, 'recorded', medium], config)];
    }),
  ),
];

const named = (path: readonly string[], config: RecordingConfig): NamedRecording => ({
  path,
  config,
  files: filesOfRecording(config),
});
