import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { dirname, resolve } from 'node:path';
import { watchFiles } from '../../../core/config/io/watched-files.ts';
import type { RouterChange } from '../../../core/event/event.ts';
import { routerChangesText } from '../../../core/event/router-change-text.ts';
import { answerAbout } from '../../../core/process/io/control-server.ts';
import { isOwnPolicy } from '../../../router/pick/own-policy.ts';
import type { Overrides, Scenario } from '../../../scenario/scenario.ts';
import { readReload } from '../../io/read-reload.ts';
import { reloadedBy, routerReloadOf } from '../../router-reload.ts';
import type { LocalTopology } from './local-topology.ts';

/** Where an operator has the routers of a local run load its scenario again: `POST /admin/reload` on the loopback. */
export interface ReloadDoor {
  readonly port: number;
  readonly token: string;
}

export interface LocalReload {
  readonly door: ReloadDoor;
  /** The file is watched from now on. */
  watch(): void;
  close(): void;
}

/**
 * Loads the router's part of a scenario again while the scenario runs: all routers go on with it or, where anything in it cannot be, none. `say`
 * hears what changed, or why nothing did.
 */
export const localReload = async (options: {
  readonly topology: Pick<LocalTopology, 'reload'>;
  /** As the run began with it. */
  readonly scenario: Scenario;
  readonly scenarioFile: string;
  readonly overrides: Overrides;
  readonly policy: string;
  readonly say: (line: string) => void;
}): Promise<LocalReload> => {
  const { topology, scenarioFile, overrides, policy, say } = options;
  let running = options.scenario;
  let reloading: Promise<unknown> = Promise.resolve();
  const load = async (): Promise<readonly RouterChange[]> => {
    const asked = { file: scenarioFile, texts: null, overrides, policies: [policy] };
    const next = await readReload({ running, ...asked });
    if (next.changes.length === 0) return next.changes;
    try {
      await topology.reload(next);
    } catch (error) {
      const changes = next.changes.map(({ key, from, to }) => ({ key, from: to, to: from }));
      await topology.reload(routerReloadOf({ scenario: running, changes })).catch(() => {}); // the first failure says more
      throw error;
    }
    running = reloadedBy(running, next).scenario;
    say(`reloaded: ${routerChangesText(next.changes)}`);
    return next.changes;
  };
  /** One after the other. */
  const reload = (): Promise<readonly RouterChange[]> => {
    const loaded = reloading.then(load);
    reloading = loaded.catch(() => {}); // whoever asked hears it
    return loaded;
  };
  const token = randomBytes(24).toString('hex');
  const server = await answerAbout({
    service: { health: () => ({ ok: true, policy }), orders: { reload: async () => ({ changes: await reload() }) } },
    ...{ agrees: {}, adminToken: token, controlHost: '127.0.0.1', controlPort: 0, controlSubnets: [] },
  });
  server.unref();
  let watched: ReturnType<typeof watchFiles> | null = null;
  return {
    door: { port: (server.address() as AddressInfo).port, token },
    watch: () => {
      watched ??= watchFiles({
        paths: () => [
          scenarioFile,
          ...Object.keys(running.files)
            .filter(isOwnPolicy)
            .map((named) => resolve(dirname(scenarioFile), named)),
        ],
        onChange: () => void reload().catch((error: Error) => say(`not reloaded: ${error.message}`)),
      });
    },
    close: () => {
      watched?.close();
      server.close();
      server.closeAllConnections();
    },
  };
};
