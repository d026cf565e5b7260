import { dirname } from 'node:path';
import { ConfigError } from '../../../core/config/config-error.ts';
import { readText } from '../../../core/config/io/read-text.ts';
import { readConfig } from '../../../core/config/read-config.ts';
import type { NodeTls } from '../../io/address.ts';
import { addressIn } from '../address-in.ts';
import { endpointFlag } from '../endpoint-flag.ts';
import { movedKey } from '../moved-key.ts';
import type { PlannedEndpoint, StandalonePlan } from '../standalone-plan.ts';
import { endpointSchema, type StandaloneConfig, standaloneSchema } from '../standalone-schema.ts';
import { NamedFiles } from './named-files.ts';

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

const plannedEndpoint = (
  name: string,
  endpoint: ConfiguredEndpoint,
  tlsOf: (tls: NonNullable<ConfiguredEndpoint['tls']>) => NodeTls,
): PlannedEndpoint => ({
  name,
  node: endpoint.node ?? name,
  medium: endpoint.medium,
  weight: endpoint.weight,
  maxOutstanding: endpoint.maxOutstanding ?? null,
  models: endpoint.models ?? null,
  provider: endpoint.provider,
  usdPerMillionTokens: endpoint.usdPerMillionTokens ?? null,
  gCo2PerMillionTokens: endpoint.gCo2PerMillionTokens ?? null,
  address: addressIn(endpoint.address, 'a-port')!,
  tls: endpoint.tls === undefined ? null : tlsOf(endpoint.tls),
});
