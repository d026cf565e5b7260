import { createHash } from 'node:crypto';
import { ConfigError } from '../core/config/config-error.ts';
import { suggestion } from '../core/config/nearest.ts';
import { type Config, readConfig } from '../core/config/read-config.ts';
import { POPS } from '../netem/sky/path/access-points.ts';
import { isBundledTrace } from '../workload/bundled-traces.ts';
import { checkFaults } from './check-faults.ts';
import { checkNodeNames } from './check-node-names.ts';
import { checkOrbitalSites } from './check-orbital-sites.ts';
import { checkPaths } from './check-paths.ts';
import { checkPower } from './check-power.ts';
import { type ScenarioConfig, scenarioSchema } from './schema.ts';

/** A checked scenario. It is frozen: a run with another seed or load uses another scenario value. */
export interface Scenario extends Readonly<ScenarioConfig> {
  /** SHA-256 of the file's text and of the files it names, hexadecimal: results of one hash and seed are comparable. */
  readonly hash: string;
  readonly epochUnixMs: number;
  /** Text of every file that the scenario names, by the name in the scenario. */
  readonly files: Readonly<Record<string, string>>;
}

/** Values of the command line that replace those of the file. */
export interface Overrides {
  readonly seed?: number;
  readonly durationS?: number;
  readonly ratePerS?: number;
}

/**
 * Reads a scenario. `textOf` gives the files that it names. Throws `ConfigError` with the place of the first mistake,
 * including mistakes between its parts.
 */
export const parseScenario = (
  text: string,
  file: string,
  overrides: Overrides = {},
  textOf: (named: string) => string = noFiles,
): Scenario => {
  const config = readConfig(text, file, scenarioSchema);
  checkReferences(config);
  checkNodeNames(config);
  checkOrbitalSites(config);
  checkPaths(config);
  checkPower(config);
  checkFaults(config);
  const value = withOverrides(config.value, overrides);
  checkTimes(config, value);
  const files = Object.fromEntries(
    namedFiles(value).map(({ path, named }) => [named, textAt(config, path, () => textOf(named))]),
  );
  const hash = createHash('sha256').update(text);
  for (const content of Object.values(files)) hash.update('\0').update(content);
  return deepFreeze({ ...value, hash: hash.digest('hex'), epochUnixMs: Date.parse(value.epoch), files });
};

/** A file that the scenario names, and where. */
interface NamedFile {
  readonly path: readonly string[];
  readonly named: string;
}

const namedFiles = ({ clients, load }: ScenarioConfig): readonly NamedFile[] => [
  ...Object.entries(clients).flatMap(([name, { access }]): readonly NamedFile[] => {
    const at = (key: string, named: string): NamedFile => ({ path: ['clients', name, 'access', key], named });
    if (access.kind === 'trace') return [at('file', access.file)];
    return access.kind === 'mahimahi' ? [at('up', access.up), at('down', access.down)] : [];
  }),
  ...(isBundledTrace(load.trace) ? [] : [{ path: ['load', 'trace'], named: load.trace }]),
];

const textAt = (config: Config<ScenarioConfig>, path: readonly string[], read: () => string): string => {
  try {
    return read();
  } catch (error) {
    throw error instanceof ConfigError ? config.mistake(path, `names a file: ${error.message}`) : error;
  }
};

const noFiles = (named: string): string => {
  throw new ConfigError('', `${named} cannot be read, expected a scenario without files`);
};

const withOverrides = (config: ScenarioConfig, { seed, durationS, ratePerS }: Overrides): ScenarioConfig => ({
  ...config,
  seed: seed ?? config.seed,
  durationS: durationS ?? config.durationS,
  load: { ...config.load, ratePerS: ratePerS ?? config.load.ratePerS },
});

const checkReferences = (config: Config<ScenarioConfig>): void => {
  const { sites, router, clients, nodes } = config.value;
  const siteNames = Object.keys(sites);
  const checkSite = (path: readonly string[], site: string): void => {
    if (!Object.hasOwn(sites, site))
      throw config.mistake(path, `is "${site}", which is no site; ${suggestion(site, siteNames)}`);
  };
  checkSite(['router', 'site'], router.site);
  for (const [name, { site, access }] of Object.entries(clients)) {
    checkSite(['clients', name, 'site'], site);
    if (access.kind !== 'starlink' || POP_NAMES.includes(access.pop)) continue;
    const near = suggestion(access.pop, POP_NAMES);
    throw config.mistake(['clients', name, 'access', 'pop'], `is "${access.pop}", which is no PoP; ${near}`);
  }
  for (const [name, node] of Object.entries(nodes)) {
    checkSite(['nodes', name, 'site'], node.site);
    const laser = node.media.indexOf('laser');
    if (laser < 0) continue;
    for (const site of [node.site, router.site]) {
      const place = sites[site]!;
      if ('satellite' in place || place.terminal) continue;
      throw config.mistake(
        ['nodes', name, 'media', laser],
        `is laser, but site "${site}" has no terminal; expected terminal: true there`,
      );
    }
  }
  for (const part of ['clients', 'nodes'] as const) {
    if (Object.keys(config.value[part]).length === 0) throw config.mistake([part], 'is empty, expected at least one');
  }
};

const POP_NAMES = POPS.map(({ name }) => name);

const checkTimes = (config: Config<ScenarioConfig>, { warmUpS, durationS }: ScenarioConfig): void => {
  if (warmUpS >= durationS) {
    throw config.mistake(['warmUpS'], `is ${warmUpS}, expected less than the duration of ${durationS} s`);
  }
};

const deepFreeze = <T extends object>(value: T): T => {
  for (const part of Object.values(value)) if (part !== null && typeof part === 'object') deepFreeze(part as object);
  return Object.freeze(value);
};
