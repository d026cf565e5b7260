import { ConfigError } from '../../core/config/config-error.ts';
import { readConfig } from '../../core/config/read-config.ts';
import { type ConstellationConfig, constellationSchema } from '../../netem/sky/orbit/constellation-schema.ts';
import { HYPATIA_EPOCH_UNIX_MS } from '../../netem/sky/orbit/hypatia-elements.ts';
import { PRESET_NAMES, PRESETS, type PresetName } from '../../netem/sky/orbit/presets.ts';
import { parseTle } from '../../netem/sky/orbit/tle.ts';

/** The options of a command line about a constellation. */
export interface ConstellationWish {
  /** A preset, or the name of a file. */
  readonly name: string;
  /** Two-line elements or YAML; undefined for a preset. */
  readonly fileText?: string;
  /** Default: the mode in the file, else physical. */
  readonly mode?: 'parity' | 'physical';
  readonly phasing?: number;
  readonly choice?: 'held' | 'shortest';
}

export interface ConstellationChoice {
  readonly config: ConstellationConfig;
  /** The default start: Hypatia's epoch, the epoch of the newest elements, or the start of 2026. */
  readonly epochUnixMs: number;
}

export const isPreset = (name: string): name is PresetName => PRESET_NAMES.some((preset) => preset === name);

/** Applies options to a preset or a file. Here the default choice is `shortest`. @throws ConfigError that names the option. */
export const constellationChoice = (wish: ConstellationWish): ConstellationChoice => {
  const { name, fileText, phasing, choice } = wish;
  const isTle = fileText !== undefined && /^1 [\dA-Z]/m.test(fileText);
  const elements = isTle ? parseTle(fileText, name) : [];
  const base = isTle ? { tle: fileText } : fileText === undefined ? { preset: name } : ofYaml(fileText, name);
  const isParity = wish.mode === undefined ? 'parity' in base && base.parity === 'hypatia' : wish.mode === 'parity';
  if (isParity) {
    const preset = 'preset' in base && !('shells' in base) && !('tle' in base) ? String(base.preset) : name;
    if (!PARITY_PRESETS.includes(preset))
      throw new ConfigError('--mode', `is parity, but Hypatia has no numbers for ${preset}; ${parityPresets}`);
    if (phasing !== undefined) throw new ConfigError('--phasing', 'has no meaning in parity mode');
    if ('phasing' in base) throw new ConfigError('--mode', `is parity, but ${name} sets phasing`);
    if (choice === 'held') throw new ConfigError('--choice', 'is held, but parity mode always uses the shortest path');
  } else if (isTle && phasing !== undefined) {
    throw new ConfigError('--phasing', 'has no meaning for two-line elements');
  }
  return {
    config: constellationSchema.parse({
      ...base,
      parity: isParity ? 'hypatia' : 'none',
      choice: choice ?? 'shortest',
      ...(phasing === undefined ? {} : { phasing }),
    }),
    epochUnixMs: isParity ? HYPATIA_EPOCH_UNIX_MS : isTle ? newestUnixMs(elements) : DEFAULT_EPOCH_UNIX_MS,
  };
};

const ofYaml = (text: string, file: string): Partial<ConstellationConfig> =>
  readConfig(text, file, constellationSchema).value;

const PARITY_PRESETS: readonly string[] = PRESET_NAMES.filter((name) =>
  PRESETS[name].every((shell) => 'hypatia' in shell),
);
const parityPresets = `expected one of ${PARITY_PRESETS.join(', ')}`;

const DEFAULT_EPOCH_UNIX_MS = Date.UTC(2026, 0, 1);

/** In whole seconds, so that slots and steps start at round instants. */
const newestUnixMs = (elements: ReturnType<typeof parseTle>): number =>
  Math.max(...elements.map(({ jdsatepoch }) => Math.ceil((jdsatepoch - JULIAN_1970) * 86_400) * 1000));

/** The Julian date of 1970-01-01T00:00Z. */
const JULIAN_1970 = 2_440_587.5;
