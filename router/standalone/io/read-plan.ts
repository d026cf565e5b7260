import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '../../../core/config/config-error.ts';
import { readText } from '../../../core/config/io/read-text.ts';
import { type Config, readConfig } from '../../../core/config/read-config.ts';
import type { ClientTls, NodeTls } from '../../io/address.ts';
import { addressIn } from '../address-in.ts';
import { endpointFlag } from '../endpoint-flag.ts';
import { movedKey } from '../moved-key.ts';
import type { PlannedEndpoint, StandalonePlan } from '../standalone-plan.ts';
import { endpointSchema, type StandaloneConfig, standaloneSchema } from '../standalone-schema.ts';

/** What the command line says, as it was written; each counts more than the file. */
export interface StandaloneFlags {
  readonly config?: string;
  readonly listen?: string;
  readonly endpoint: readonly string[];
  readonly policy?: StandaloneConfig['policy'];
  readonly dataPath?: StandaloneConfig['dataPath'];
  readonly workers?: number;
  readonly admin?: string;
  readonly drainS?: number;
}

/**
 * Reads the configuration, with all files that it names. Where a router runs by an earlier one, it may not change what cannot change
 * while it runs. Throws `ConfigError` with the position of the first mistake.
 */
export const readPlan = (flags: StandaloneFlags, running: StandalonePlan | null = null): StandalonePlan => {
  const file = flags.config ?? null;
  const config =
    file === null ? readConfig('{}', '', standaloneSchema) : readConfig(readText(file, CONFIG), file, standaloneSchema);
  const { value } = config;
  const reader = new NamedFiles(config, file === null ? '.' : dirname(file));
  const endpoints = new Map(
    Object.entries(value.endpoints).map(([name, endpoint]) => [
      name,
      plannedEndpoint(name, endpoint, (tls) => reader.endpointTls(name, tls)),
    ]),
  );
  const named = new Set<string>();
  for (const text of flags.endpoint) {
    const [name, endpoint] = endpointFlag(text);
    if (named.has(name)) throw new ConfigError('--endpoint', `names "${name}" twice, expected another name`);
    named.add(name);
    endpoints.set(
      name,
      plannedEndpoint(name, endpointSchema.parse(endpoint), () => ({})),
    );
  }
  if (endpoints.size === 0) {
    if (file === null) throw new ConfigError('--endpoint', 'is missing; expected NAME=HOST:PORT, or --config FILE');
    throw config.mistake(['endpoints'], 'has no endpoint, expected at least one, here or as --endpoint NAME=HOST:PORT');
  }
  const token = reader.adminToken();
  const adminListen = flags.admin ?? value.admin?.listen;
  const plan: StandalonePlan = {
    listen: flagAddress('--listen', flags.listen) ?? addressIn(value.listen, 'any-port')!,
    endpoints: [...endpoints.values()],
    router: { ...value, policy: flags.policy ?? value.policy, dataPath: flags.dataPath ?? value.dataPath },
    deadlineMs: value.deadlineS === undefined ? null : value.deadlineS * 1000,
    routed: value.routed ?? null,
    drainMs: (flags.drainS ?? value.drainS) * 1000,
    workers: flags.workers ?? value.workers,
    sharePort: value.sharePort,
    admin: adminListen === undefined ? null : { listen: flagAddress('--admin', adminListen)!, token },
    tls: reader.serverTls(),
    emulated: null,
    tokenDigests: reader.tokenDigests(),
  };
  const moved = running === null ? null : movedKey(running, plan);
  if (moved === null) return plan;
  const { path, was, is } = moved;
  throw config.mistake(path, `is ${is} and was ${was}, expected no change while the router runs`);
};

const CONFIG = 'the configuration of a router';

const flagAddress = (flag: string, text: string | undefined) => {
  if (text === undefined) return null;
  const address = addressIn(text, 'any-port');
  if (address === null) throw new ConfigError(flag, `is "${text}", expected HOST:PORT such as 127.0.0.1:50051`);
  return address;
};

type ConfiguredEndpoint = StandaloneConfig['endpoints'][string];
type ConfiguredTls = Exclude<ConfiguredEndpoint['tls'], undefined>;

const plannedEndpoint = (
  name: string,
  endpoint: ConfiguredEndpoint,
  tlsOf: (tls: ConfiguredTls) => NodeTls,
): PlannedEndpoint => ({
  name,
  node: endpoint.node ?? name,
  medium: endpoint.medium,
  weight: endpoint.weight,
  provider: endpoint.provider,
  usdPerMillionTokens: endpoint.usdPerMillionTokens ?? null,
  gCo2PerMillionTokens: endpoint.gCo2PerMillionTokens ?? null,
  address: addressIn(endpoint.address, 'a-port')!,
  tls: endpoint.tls === undefined ? null : tlsOf(endpoint.tls),
});

/** The files that a configuration names, each mistake with the position of the name. */
class NamedFiles {
  readonly #config: Config<StandaloneConfig>;
  readonly #folder: string;

  constructor(config: Config<StandaloneConfig>, folder: string) {
    this.#config = config;
    this.#folder = folder;
  }

  serverTls(): ClientTls | null {
    const { tls } = this.#config.value;
    if (tls === undefined) return null;
    const { cert, key, ca } = tls;
    const texts = {
      cert: this.#text(['tls', 'cert'], cert, 'a PEM file'),
      key: this.#text(['tls', 'key'], key, 'a PEM file'),
      ...(ca !== undefined && { ca: this.#text(['tls', 'ca'], ca, 'a PEM file') }),
    };
    this.#checkPem(['tls'], texts);
    const { ca: signers, ...own } = texts;
    return tls.clientCert === undefined || signers === undefined ? own : { ...own, ca: signers };
  }

  endpointTls(name: string, tls: ConfiguredTls): NodeTls {
    if (tls === true) return {};
    const path = ['endpoints', name, 'tls'];
    const { serverName, ...named } = tls;
    const texts = Object.fromEntries(
      Object.entries(named).flatMap(([key, file]) =>
        file === undefined ? [] : [[key, this.#text([...path, key], file, 'a PEM file')]],
      ),
    );
    this.#checkPem(path, texts);
    return { ...texts, ...(serverName !== undefined && { serverName }) };
  }

  adminToken(): string | null {
    const file = this.#config.value.admin?.tokenFile;
    if (file === undefined) return null;
    const path = ['admin', 'tokenFile'];
    const token = this.#text(path, file, 'the token of the operator').trim();
    if (token === '') throw this.#config.mistake(path, `names ${file}, which is empty, expected a token`);
    return token;
  }

  tokenDigests(): readonly Uint8Array[] | null {
    const file = this.#config.value.auth?.bearerTokensFile;
    if (file === undefined) return null;
    const path = ['auth', 'bearerTokensFile'];
    const tokens = this.#text(path, file, 'tokens, one a line')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    if (tokens.length === 0) throw this.#config.mistake(path, `names ${file}, which has no token, expected one a line`);
    return tokens.map((token) => createHash('sha256').update(token).digest());
  }

  #text(path: readonly string[], file: string, what: string): string {
    try {
      return readText(resolve(this.#folder, file), what);
    } catch (error) {
      if (error instanceof ConfigError)
        throw this.#config.mistake(path, `names a file that is of no use: ${error.message}`);
      throw error;
    }
  }

  #checkPem(
    path: readonly string[],
    texts: { readonly ca?: string; readonly cert?: string; readonly key?: string },
  ): void {
    try {
      createSecureContext(texts);
    } catch (error) {
      throw this.#config.mistake(path, `has no usable PEM files: ${(error as Error).message}`);
    }
  }
}
