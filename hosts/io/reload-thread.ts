import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { ConfigError } from '../../core/config/config-error.ts';
import { type ReloadSource, readReloaded } from '../../scenario/io/reload-source.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { type RouterReload, routerReloadOf } from '../router-reload.ts';

export interface ReloadAsked extends ReloadSource {
  readonly running: Scenario;
}

/** What the thread answers: what to tell the routers, or one line; whether it is a mistake of the user. */
export type ReloadRead =
  | { readonly kind: 'read'; readonly reload: RouterReload }
  | { readonly kind: 'refused'; readonly message: string; readonly isMistake: boolean };

const answer = (): ReloadRead => {
  const { running, ...source } = workerData as ReloadAsked;
  try {
    return { kind: 'read', reload: routerReloadOf(readReloaded(running, source)) };
  } catch (error) {
    return { kind: 'refused', message: (error as Error).message, isMistake: error instanceof ConfigError };
  }
};

if (!isMainThread) parentPort!.postMessage(answer());
