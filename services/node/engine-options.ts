import type { EngineOptions } from './engine/engine.ts';
import { profileOf } from './engine/profiles.ts';
import type { NodeConfig } from './schema.ts';

/** What a node's configuration says of its engine. Throws `ConfigError` when there is no such profile. */
export const engineOptionsOf = ({
  profile,
  limits,
  noise,
  ingestMs,
}: NodeConfig): Pick<EngineOptions, 'profile' | 'limits' | 'noise' | 'ingestMs'> => ({
  profile: profileOf(profile),
  limits,
  noise,
  ingestMs,
});
