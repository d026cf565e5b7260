import { createHash } from 'node:crypto';
import { isOwnPolicy } from '../router/pick/own-policy.ts';
import { isLiveKey } from './reloaded-scenario.ts';
import type { Scenario } from './scenario.ts';

/**
 * SHA-256 of what all parts of a topology have to read alike when they come up: not what routers may be told anew, not the load, and not what the
 * command of a load may say over it.
 */
export const fixedHash = (scenario: Scenario): string => {
  const { load, seed: _seed, durationS: _durationS, router, routers } = scenario;
  const { hash: _hash, epochUnixMs: _epoch, files, ...rest } = scenario;
  const trace = typeof load.trace === 'object' ? load.trace?.file : load.trace;
  const fixed = {
    ...rest,
    ...{ load: null, seed: null, durationS: null },
    router: keysOf(router, (key) => !isLiveKey(['router', key])),
    routers: eachOf(routers, (name, own) => keysOf(own, (key) => !isLiveKey(['routers', name, key]))),
    files: keysOf(files, (name) => !isOwnPolicy(name) && name !== trace),
  };
  return sha256(fixed);
};

/** SHA-256 of what routers may be told anew while they run. */
export const routerHash = ({ router, routers, files }: Scenario): string =>
  sha256({
    router: keysOf(router, (key) => isLiveKey(['router', key])),
    routers: eachOf(routers, (name, own) => keysOf(own, (key) => isLiveKey(['routers', name, key]))),
    files: keysOf(files, isOwnPolicy),
  });

const keysOf = (object: object, isMeant: (key: string) => boolean): object =>
  Object.fromEntries(Object.entries(object).filter(([key]) => isMeant(key)));

const eachOf = <Own extends object>(
  routers: Readonly<Record<string, Own>> | undefined,
  of: (name: string, own: Own) => object,
): object => Object.fromEntries(Object.entries(routers ?? {}).map(([name, own]) => [name, of(name, own)]));

const sha256 = (value: object): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
