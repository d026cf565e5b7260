import { createHash } from 'node:crypto';
import { ConfigError } from '../core/config/config-error.ts';
import { documentEdit } from '../core/config/document-edit.ts';
import { suggestion } from '../core/config/nearest.ts';
import { type Config, readConfig } from '../core/config/read-config.ts';
import { utcText } from '../core/time/utc-text.ts';
import { elementsOf } from '../netem/sky/orbit/elements.ts';
import { newestEpochUnixMs } from '../netem/sky/orbit/elements-count.ts';
import { POPS } from '../netem/sky/path/access-points.ts';
import { isBundledTrace } from '../workload/bundled-traces.ts';
import { textSource } from '../workload/trace/trace-source.ts';
import type { TraceWindow } from '../workload/trace/trace-window.ts';
import { windowText } from '../workload/trace/window-text.ts';
import { checkFaults } from './check-faults.ts';
import { checkHandOver } from './check-hand-over.ts';
import { checkLoad } from './check-load.ts';
import { checkModels } from './check-models.ts';
import { checkNodeNames } from './check-node-names.ts';
import { checkOrbitalSites } from './check-orbital-sites.ts';
import { checkPaths } from './check-paths.ts';
import { checkPower } from './check-power.ts';
import { checkRecordings } from './check-recordings.ts';
import { checkRollout } from './check-rollout.ts';
import { checkRouters } from './check-routers.ts';
import { checkVariants } from './meant-policy.ts';
import { ownVariantsOf, withOwnPolicies } from './own-policies.ts';
import { atRate, traceWindowOf, withOwnRate } from './own-rate.ts';
import { recordingsOf } from './recordings-of.ts';
import { sitesReaching } from './router-plan.ts';
import { type ScenarioConfig, scenarioSchema } from './schema.ts';

/** A checked scenario. It is frozen: a run with another seed or load uses another scenario value. */
export interface Scenario extends Readonly<Omit<ScenarioConfig, 'epoch'>> {
  /** The instant at which a run starts, in ISO form: that of the file, or what the file leaves it to. */
  readonly epoch: string;
  /** SHA-256 of the file's text and of the files it names, hexadecimal: results of one hash and seed are comparable. */
  readonly hash: string;
  readonly epochUnixMs: number;
  /** Text of every file that the scenario names, by the name in the scenario; of a trace with a window, the rows in it. */
  readonly files: Readonly<Record<string, string>>;
}

/** Gives the text of a file that a scenario names; `what` is what it should be, for errors. */
export type TextOf = (named: string, what: string) => string;

/** Gives the rows in a window of a trace that a scenario names, in our format. */
export type WindowTextOf = (window: TraceWindow) => string;

/** Values of the command line that replace those of the file. */
export interface Overrides {
  readonly seed?: number;
  readonly durationS?: number;
  readonly ratePerS?: number;
  /** Any value of the file by its path, such as `router.ewma.tauMs=500`: see `documentEdit`. */
  readonly set?: readonly string[];
}

/** The option on which an entry of `Overrides.set` was given, such as `--set`. */
export type FlagOf = (set: string) => string;

/**
 * Reads a scenario. `textOf` gives the files that it names, and `windowTextOf` the windows of its traces: by default from their whole text.
 * Throws `ConfigError` with the place of the first mistake, including mistakes between its parts.
 */
export const parseScenario = (
  text: string,
  file: string,
  overrides: Overrides = {},
  textOf: TextOf = noFiles,
  flagOf: FlagOf = () => '--set',
  windowTextOf?: WindowTextOf,
): Scenario => placedScenario(text, file, overrides, { textOf, flagOf, windowTextOf }).scenario;

/** A scenario that knows where its values stand, for what is checked later. */
export interface PlacedScenario {
  readonly scenario: Scenario;
  /** The mistake at a path of the file, with its position. */
  readonly mistake: Config<ScenarioConfig>['mistake'];
}

/** `parseScenario`, with the places. */
export const placedScenario = (
  text: string,
  file: string,
  overrides: Overrides,
  sources: {
    readonly textOf: TextOf;
    readonly flagOf?: FlagOf;
    readonly windowTextOf?: WindowTextOf | undefined;
  },
): PlacedScenario => {
  const { textOf, flagOf = () => '--set' } = sources;
  const windowTextOf =
    sources.windowTextOf ??
    ((window: TraceWindow) => windowText(textSource(textOf(window.file, 'a trace'), window.file), window));
  const edits = (overrides.set ?? []).map((each) => documentEdit(flagOf(each), each));
  const config = withElements(readConfig(text, file, scenarioSchema, edits), textOf);
  checkRouters(config);
  checkVariants(config);
  checkReferences(config);
  checkNodeNames(config);
  checkOrbitalSites(config);
  checkPaths(config);
  checkPower(config);
  checkFaults(config);
  checkRollout(config);
  checkRecordings(config);
  checkModels(config);
  checkHandOver(config);
  checkLoad(config, { ratePerS: overrides.ratePerS, edits });
  const overridden = withOverrides(config.value, overrides);
  checkTimes(config, overridden);
  const { elementsFile, tle } = overridden.network.constellation;
  const window = traceWindowOf(overridden.load);
  const files = Object.fromEntries([
    ...(elementsFile === undefined ? [] : [[elementsFile, tle!] as const]),
    ...namedFiles(overridden).map(
      ({ path, named, what }) => [named, textAt(config, path, () => textOf(named, what))] as const,
    ),
    ...(window === null ? [] : [[window.file, textAt(config, ['load', 'trace'], () => windowTextOf(window))] as const]),
  ]);
  const value = withOwnPolicies(config, withOwnRate(overridden, files), files);
  const hash = createHash('sha256').update(text);
  for (const content of Object.values(files)) hash.update('\0').update(content);
  const epoch = value.epoch ?? usualEpoch(value);
  const scenario = deepFreeze({
    ...value,
    ...{ epoch, hash: hash.digest('hex'), epochUnixMs: Date.parse(epoch), files },
  });
  return { scenario, mistake: config.mistake };
};

/** The config with the text of the elements that it names, where every part of the network finds it. They are checked, too. */
const withElements = (config: Config<ScenarioConfig>, textOf: TextOf): Config<ScenarioConfig> => {
  const { network } = config.value;
  const { elementsFile } = network.constellation;
  const path = ['network', 'constellation', elementsFile === undefined ? 'tle' : 'elementsFile'];
  const tle =
    elementsFile === undefined
      ? network.constellation.tle
      : textAt(config, path, () => textOf(elementsFile, 'elements'));
  const constellation = { ...network.constellation, tle };
  try {
    elementsOf(constellation);
  } catch (error) {
    // A mistake in a file has its place there; one in the scenario gets the place of the text.
    if (!(error instanceof ConfigError) || error.position !== undefined) throw error;
    throw config.mistake(path, error.message.replace(`${error.path} `, ''));
  }
  return { ...config, value: { ...config.value, network: { ...network, constellation } } };
};

/** A run starts with the newest elements: forecasts of satellites are best there. */
const usualEpoch = ({ network }: ScenarioConfig): string => {
  const sets = elementsOf(network.constellation);
  return sets.length === 0 ? USUAL_EPOCH : utcText(newestEpochUnixMs(sets));
};

const USUAL_EPOCH = '2026-01-01T00:00:00Z';

/** A file that the scenario names, and where. */
interface NamedFile {
  readonly path: readonly string[];
  readonly named: string;
  readonly what: string;
}

const namedFiles = (config: ScenarioConfig): readonly NamedFile[] => [
  ...ownVariantsOf(config).map(({ name, use }) => ({
    path: ['router', 'variants', name, 'use'],
    named: use,
    what: 'a policy',
  })),
  ...recordingsOf(config).flatMap(({ path, files }) =>
    files.map(([key, named]): NamedFile => ({ path: [...path, key], named, what: 'a recording' })),
  ),
  ...(typeof config.load.trace !== 'string' || traceWindowOf(config.load) !== null || isBundledTrace(config.load.trace)
    ? []
    : [{ path: ['load', 'trace'], named: config.load.trace, what: 'a trace' }]),
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
  load: ratePerS === undefined ? config.load : atRate(config.load, ratePerS),
});

const checkReferences = (config: Config<ScenarioConfig>): void => {
  const { sites, clients, nodes } = config.value;
  const siteNames = Object.keys(sites);
  const checkSite = (path: readonly string[], site: string): void => {
    if (!Object.hasOwn(sites, site))
      throw config.mistake(path, `is "${site}", which is no site; ${suggestion(site, siteNames)}`);
  };
  for (const [name, { site, access }] of Object.entries(clients)) {
    checkSite(['clients', name, 'site'], site);
    if (access.kind !== 'starlink' || POP_NAMES.includes(access.pop)) continue;
    const near = suggestion(access.pop, POP_NAMES);
    throw config.mistake(['clients', name, 'access', 'pop'], `is "${access.pop}", which is no PoP; ${near}`);
  }
  for (const [name, node] of Object.entries(nodes)) {
    checkSite(['nodes', name, 'site'], node.site);
  }
  const reaching = sitesReaching(config.value);
  for (const [name, node] of Object.entries(nodes)) {
    const laser = node.media.indexOf('laser');
    if (laser < 0) continue;
    for (const site of [node.site, ...reaching.get(name)!]) {
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
