import { ConfigError } from '../../core/config/config-error.ts';
import { readConfig } from '../../core/config/read-config.ts';
import { type ConstellationConfig, constellationSchema } from '../../netem/sky/orbit/constellation-schema.ts';
import { elementsOf, isElementsText } from '../../netem/sky/orbit/elements.ts';
import { newestEpochUnixMs } from '../../netem/sky/orbit/elements-count.ts';
import { HYPATIA_EPOCH_UNIX_MS } from '../../netem/sky/orbit/hypatia-elements.ts';
import { PRESET_NAMES, PRESETS, type PresetName } from '../../netem/sky/orbit/presets.ts';

/** The options of a command line about a constellation. */
export interface ConstellationWish {
  /** A preset, or the name of a file. */
  readonly name: string;
  /** Elements or YAML; undefined for a preset. */
  readonly fileText?: string;
  /** The text of the elements that the YAML names. Throws `ConfigError`. */
  readonly textOf?: (named: string) => string;
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
  // A text without a colon or a brace is no YAML with keys, so it is told as the list that it may have been.
  const isList = fileText !== undefined && (isElementsText(fileText) || !/:\s|:$|\{|^\s*$/.test(fileText));
  const base: Partial<ConstellationConfig> = isList
    ? { tle: fileText, elementsFile: name }
    : fileText === undefined
      ? { preset: name as PresetName }
      : withElements(ofYaml(fileText, name), wish.textOf);
  const elements = elementsOf(base);
  const isParity = wish.mode === undefined ? 'parity' in base && base.parity === 'hypatia' : wish.mode === 'parity';
  if (isParity) {
    const preset = 'preset' in base && !('shells' in base) && !('tle' in base) ? String(base.preset) : name;
    if (!PARITY_PRESETS.includes(preset))
      throw new ConfigError('--mode', `is parity, but Hypatia has no numbers for ${preset}; ${parityPresets}`);
    if (phasing !== undefined) throw new ConfigError('--phasing', 'has no meaning in parity mode');
    if ('phasing' in base) throw new ConfigError('--mode', `is parity, but ${name} sets phasing`);
    if (choice === 'held') throw new ConfigError('--choice', 'is held, but parity mode always uses the shortest path');
  } else if (elements.length > 0 && phasing !== undefined) {
    throw new ConfigError('--phasing', 'has no meaning for a list of elements');
  }
  const { elementsFile, tle, ...rest } = base;
  const config = constellationSchema.parse({
    ...rest,
    ...(elementsFile === undefined && tle !== undefined ? { tle } : {}),
    parity: isParity ? 'hypatia' : 'none',
    choice: choice ?? 'shortest',
    ...(phasing === undefined ? {} : { phasing }),
  });
  const isListed = elements.length > 0 && !isParity;
  return {
    config: isListed ? { ...config, elementsFile, tle } : config,
    epochUnixMs: isParity ? HYPATIA_EPOCH_UNIX_MS : isListed ? newestEpochUnixMs(elements) : DEFAULT_EPOCH_UNIX_MS,
  };
};

const withElements = (
  config: Partial<ConstellationConfig>,
  textOf: ((named: string) => string) | undefined,
): Partial<ConstellationConfig> => {
  const { elementsFile } = config;
  return elementsFile === undefined || textOf === undefined ? config : { ...config, tle: textOf(elementsFile) };
};

const ofYaml = (text: string, file: string): Partial<ConstellationConfig> =>
  readConfig(text, file, constellationSchema).value;

const PARITY_PRESETS: readonly string[] = PRESET_NAMES.filter((name) =>
  PRESETS[name].every((shell) => 'hypatia' in shell),
);
const parityPresets = `expected one of ${PARITY_PRESETS.join(', ')}`;

const DEFAULT_EPOCH_UNIX_MS = Date.UTC(2026, 0, 1);
