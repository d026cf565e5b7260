import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { isOwnPolicy } from '../router/pick/own-policy.ts';
import type { Scenario } from './scenario.ts';

/** A scenario as it was run: defaults filled in, overrides applied. */
export interface ResolvedScenario {
  /** A scenario file. It names its traces as `files` does. */
  readonly yaml: string;
  /** The text of every trace that it names, by the name in the file: beside it, without folders. */
  readonly files: Readonly<Record<string, string>>;
  /**
   * SHA-256 over the file and its traces, hexadecimal. Schema keys are in the order of the schema. The order of the names that
   * the user chose counts, as it does in a run: the order of nodes is that of endpoints. Names of traces do not count.
   */
  readonly hash: string;
}

/**
 * Resolves `scenario`. Reading the resolved file and resolving it again gives the same hash.
 */
export const resolvedScenario = (scenario: Scenario): ResolvedScenario => {
  const { hash: _hash, epochUnixMs: _epochUnixMs, files, ...config } = scenario;
  const texts = new Map(Object.entries(files));
  const plain = JSON.parse(JSON.stringify(withTakenTrace(withoutElements(config)))) as Json;
  const { trace } = config.load;
  const windowed = typeof trace === 'string' ? undefined : trace.file; // its rows are in our format, whatever its name
  const names = new Map(
    [...texts.keys()].map((name, index) => [
      name,
      isOwnPolicy(name)
        ? `./policy-${index + 1}${extensionOf(name)}`
        : `trace-${index + 1}${name === windowed ? '.csv' : extensionOf(name)}`,
    ]),
  );
  const contents = new Map([...texts].map(([name, text]) => [name, sha256(text)]));
  return {
    yaml: stringify(withTraces(plain, names), { aliasDuplicateObjects: false, lineWidth: 0 }),
    files: Object.fromEntries([...texts].map(([name, text]) => [names.get(name)!.replace('./', ''), text])),
    hash: sha256(JSON.stringify(withTraces(plain, contents))),
  };
};

/** The text of elements in a file is told by the name of the file, as in the scenario. */
const withoutElements = <Config extends Pick<Scenario, 'network'>>(config: Config): Config => {
  const { constellation } = config.network;
  if (constellation.elementsFile === undefined) return config;
  return { ...config, network: { ...config.network, constellation: { ...constellation, tle: undefined } } };
};

/** The window of a trace is what is beside it, so the whole of that counts; and a trace at its own times has its own rate. */
const withTakenTrace = <Config extends Pick<Scenario, 'load'>>(config: Config): object => {
  const { trace, ratePerS, ...load } = config.load;
  if (typeof trace === 'string') return config;
  const { file, timeScale } = trace;
  return {
    ...config,
    load: timeScale === undefined ? { ratePerS, ...load, trace: { file } } : { ...load, trace: { file, timeScale } },
  };
};

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Where a scenario names files: the keys that `namedFiles` and `withElements` read. A policy's file counts as a trace here. */
const TRACE_KEYS: ReadonlySet<string> = new Set(['file', 'up', 'down', 'trace', 'delay', 'elementsFile', 'use']);

const withTraces = (value: Json, names: ReadonlyMap<string, string>): Json => {
  if (Array.isArray(value)) return value.map((item) => withTraces(item, names));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      typeof item === 'string' && TRACE_KEYS.has(key) ? (names.get(item) ?? item) : withTraces(item, names),
    ]),
  );
};

/** Texts are written unpacked. */
const extensionOf = (name: string): string => /\.[A-Za-z0-9]{1,8}$/.exec(name.replace(/\.gz$/i, ''))?.[0] ?? '';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
