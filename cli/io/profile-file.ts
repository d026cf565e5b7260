import { ConfigError } from '../../core/config/config-error.ts';
import { readText } from '../../core/config/io/read-text.ts';
import { suggestion } from '../../core/config/nearest.ts';
import { readConfig } from '../../core/config/read-config.ts';
import { parseYaml } from '../../core/config/yaml-source.ts';
import { derivedProfile, derivedProfileSchema } from '../../services/node/engine/derived-profile.ts';
import { type Profile, profileSchema } from '../../services/node/engine/profile.ts';
import { profiles } from '../../services/node/engine/profiles.ts';

/** The profile of a name, or of a YAML or JSON file with all coefficients or a datasheet. `place` is where the user named it. */
export const profileFrom = (nameOrFile: string, place: string): Profile => {
  const known = profiles.get(nameOrFile);
  if (known !== undefined) return known;
  if (!/[./\\]/.test(nameOrFile)) {
    throw new ConfigError(
      place,
      `is "${nameOrFile}", which is no profile; ${suggestion(nameOrFile, [...profiles.keys()])}`,
    );
  }
  const text = readText(nameOrFile, 'a profile, YAML or JSON');
  const { value } = parseYaml(text, nameOrFile);
  const isDerived = value !== null && typeof value === 'object' && 'derive' in value;
  return isDerived
    ? derivedProfile(readConfig(text, nameOrFile, derivedProfileSchema).value)
    : readConfig(text, nameOrFile, profileSchema).value;
};
