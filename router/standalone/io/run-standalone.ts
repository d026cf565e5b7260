import type { AddressInfo } from 'node:net';
import { watchFiles } from '../../../core/config/io/watched-files.ts';
import { answerAbout } from '../../../core/process/io/control-server.ts';
import { withoutEffect } from '../../attempt/without-effect.ts';
import { ReloadMetrics } from '../../metrics/reload-metrics.ts';
import { livePolicyNames, orderedPolicy } from '../../pick/live-policy.ts';
import { predictsTtft } from '../../pick/predicts-ttft.ts';
import { addressText } from '../address-in.ts';
import { missingInputs } from '../missing-inputs.ts';
import type { StandalonePlan } from '../standalone-plan.ts';
import { WorkerPool } from './worker-pool.ts';

export interface StandaloneOptions {
  readonly plan: StandalonePlan;
  /** Reads the configuration anew, while the router runs by that plan; rejects with `ConfigError`. */
  readonly read: (running: StandalonePlan) => Promise<StandalonePlan>;
  /** The files whose edit has the configuration loaded again; none where nobody asked for that. */
  readonly watched: readonly string[];
  /** What a worker runs. */
  readonly module: string;
  /** For programs: `ready 127.0.0.1:50051`, and before it `admin 127.0.0.1:9464` where there is such a door. */
  readonly announce: (line: string) => void;
  /** For people. */
  readonly say: (line: string) => void;
}

/**
 * The process in front of the workers of a router by itself: it starts them, has all of them load the configuration again (SIGHUP,
 * `POST /admin/reload`, or an edit of a file that it watches), and tells of all of them through one admin door. It ends when `ending` is aborted, after a drain. Rejects where it
 * cannot start.
 */
export const runStandalone = async (options: StandaloneOptions, ending: AbortSignal): Promise<void> => {
  const { plan: first, read, watched, module, announce, say } = options;
  const reloads = new ReloadMetrics(() => Date.now());
  const pool = new WorkerPool(first, { module, say });
  let plan = first;
  const started = pool.start();
  let loading: Promise<unknown> = started.catch(() => {}); // that is told below
  /** One after the other. */
  const load = (change: (read: StandalonePlan) => StandalonePlan): Promise<StandalonePlan> => {
    const loaded = loading.then(async () => {
      const wanted = change(await read(plan));
      await pool.reload(wanted);
      const told = remarksOn(plan);
      for (const line of remarksOn(wanted)) if (!told.includes(line)) say(line);
      plan = wanted;
      say(`loaded: ${summary(plan)}`);
      return plan;
    });
    loading = loaded.then(
      () => reloads.count('loaded'),
      () => reloads.count('refused'), // whoever asked hears why
    );
    return loaded;
  };
  const loadUnasked = (): void => {
    if (ending.aborted) return;
    load(asRead).catch((error: Error) => say(`not loaded: ${error.message}; what was loaded before stays`));
  };
  process.on('SIGHUP', loadUnasked);
  // From now on, because an edit may come before the workers serve: it is loaded as soon as they do.
  const watching = watched.length === 0 ? null : watchFiles({ paths: () => watched, onChange: loadUnasked });
  for (const line of remarksOn(first)) say(line);
  const { admin, listen } = plan;
  const { port, close } = await (async () => {
    const bound = await started;
    return {
      port: bound,
      close:
        admin === null
          ? null
          : await openAdmin(admin.listen, { pool, reloads, load, announce, token: () => plan.admin?.token ?? null }),
    };
  })().catch((error: Error) => {
    watching?.close();
    pool.kill();
    throw error;
  });
  say(`${summary(plan)}; ${SHARED[pool.sharing](plan.workers)}`);
  announce(`ready ${addressText({ host: listen.host, port })}`);
  await new Promise<void>((resolve) => {
    if (ending.aborted) resolve();
    else ending.addEventListener('abort', () => resolve(), { once: true });
  });
  watching?.close();
  say(`drains: open requests have ${plan.drainMs / 1000} s`);
  await loading;
  await pool.drain(plan.drainMs);
  close?.();
};

const openAdmin = async (
  listen: NonNullable<StandalonePlan['admin']>['listen'],
  {
    pool,
    reloads,
    load,
    announce,
    token,
  }: {
    readonly pool: WorkerPool;
    readonly reloads: ReloadMetrics;
    readonly load: (change: (read: StandalonePlan) => StandalonePlan) => Promise<StandalonePlan>;
    readonly announce: (line: string) => void;
    /** What orders need now: a reload may load another one. */
    readonly token: () => string | null;
  },
): Promise<() => void> => {
  const reload = async () => told(await load(asRead));
  const policy = async (body: unknown) => {
    const name = orderedPolicy(body, livePolicyNames);
    return told(await load((plan) => ({ ...plan, router: { ...plan.router, policy: name } })));
  };
  const server = await answerAbout({
    service: {
      health: () => pool.health(),
      metrics: async () => `${await pool.metrics()}${reloads.text()}`,
      orders: { reload, policy },
    },
    agrees: {},
    get adminToken() {
      return token();
    },
    controlHost: listen.host,
    controlPort: listen.port,
    controlSubnets: [],
  }).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EADDRINUSE' ? 'the port is in use' : error.message;
    throw new Error(`router cannot listen on ${addressText(listen)} for its operator: ${reason}`);
  });
  announce(`admin ${addressText({ host: listen.host, port: (server.address() as AddressInfo).port })}`);
  return () => {
    server.close();
    server.closeAllConnections();
  };
};

const asRead = (plan: StandalonePlan): StandalonePlan => plan;

const told = ({ endpoints, router }: StandalonePlan) => ({
  policy: router.policy,
  endpoints: endpoints.map(({ name }) => name),
});

/** What its operator should know of a configuration, a line each. */
const remarksOn = ({ router, endpoints, emulated }: StandalonePlan): readonly string[] => {
  const missing = missingInputs(router.policy, { knowsPaths: emulated !== null });
  return [
    ...(missing === null ? [] : [missing]),
    ...withoutEffect(router, {
      endpoints,
      knowsHandovers: emulated !== null,
      predictsNothing: predictsTtft(router.policy) ? undefined : router.policy,
    }),
  ];
};

const summary = ({ endpoints, router }: StandalonePlan): string =>
  `${endpoints.length} endpoint${endpoints.length === 1 ? '' : 's'}, policy ${router.policy}`;

const SHARED = {
  none: () => '1 worker',
  kernel: (workers: number) => `${workers} workers, to which the kernel deals out connections (SO_REUSEPORT)`,
  cluster: (workers: number) => `${workers} workers, to which this process deals out connections (node:cluster)`,
};
