import type { Health } from '../../core/process/io/service-process.ts';
import type { DataPathName } from '../data-path-name.ts';
import { AttemptMetrics } from '../metrics/attempt-metrics.ts';
import { CallMetrics } from '../metrics/call-metrics.ts';
import { ExtraMetrics } from '../metrics/extra-metrics.ts';
import { PickMetrics, type PickTimer } from '../metrics/pick-metrics.ts';
import { WaitMetrics } from '../metrics/wait-metrics.ts';
import type { Observer } from '../observation.ts';
import type { Router } from '../router.ts';
import type { DataPathOptions, SucceedingDataPath } from './data-path.ts';
import { dataPaths } from './data-paths.ts';
import { RouterMetrics } from './router-metrics.ts';

/** A router over real connections, and what it tells of itself. */
export interface MeasuredDataPath {
  readonly router: Router;
  readonly dataPath: SucceedingDataPath;
  readonly metrics: RouterMetrics;
  /** Whether it can serve now, and which endpoints it reaches. */
  health(isDraining: boolean): RouterHealth;
}

export interface RouterHealth extends Health {
  readonly status: 'serving' | 'draining' | 'unwell';
  readonly reason?: string;
  /** What carries its bytes. */
  readonly dataPath: DataPathName;
  /** Those that are connected, and those that are not, by name. */
  readonly endpoints: readonly string[];
  readonly unreachable: readonly string[];
}

export interface MeasuredDataPathOptions extends Omit<DataPathOptions, 'router' | 'calls'> {
  readonly names: readonly string[];
  /** The method of all requests; null where they may have any. */
  readonly method: string | null;
  /** The name of the policy, for metrics. */
  readonly policy: string;
  /** Makes the router; the observers are to hear what happens, and `picks` times its choices. */
  readonly routerWith: (observers: readonly Observer[], picks: PickTimer) => Router;
  /** What carries the bytes. */
  readonly carrier: DataPathName;
  /** Whether its metrics tell of the process, too: true by default. */
  readonly withProcess?: boolean;
}

/** Puts a router, the data path and the metrics of both together. It does not listen yet. */
export const measuredDataPath = async (options: MeasuredDataPathOptions): Promise<MeasuredDataPath> => {
  const { names, method, policy, routerWith, withProcess = true, carrier, ...rest } = options;
  const attempts = new AttemptMetrics(names, method);
  const extra = new ExtraMetrics();
  const waits = new WaitMetrics();
  const calls = new CallMetrics(method);
  const picks = new PickMetrics(() => performance.now());
  const router = routerWith([attempts, extra, waits], picks);
  const createDataPath = await dataPaths[carrier]();
  const dataPath = createDataPath({ ...rest, router, calls });
  const isConnected = (endpoint: number): boolean => router.endpoints.available[endpoint] === 1;
  const metrics = new RouterMetrics({
    dataPath,
    endpoints: () => names.map((name, endpoint) => ({ name, isConnected: isConnected(endpoint) })),
    policy,
    router,
    clock: options.clock,
    withProcess,
    families: [calls, attempts, extra, picks, waits],
  });
  const health = (isDraining: boolean): RouterHealth => {
    const endpoints = names.filter((_, endpoint) => isConnected(endpoint));
    const unreachable = names.filter((_, endpoint) => !isConnected(endpoint));
    const ok = endpoints.length > 0 && !isDraining;
    const reason = isDraining ? 'drains' : endpoints.length === 0 ? 'reaches no endpoint' : null;
    const status = isDraining ? 'draining' : ok ? 'serving' : 'unwell';
    return { ok, status, ...(reason !== null && { reason }), dataPath: carrier, endpoints, unreachable };
  };
  return { router, dataPath, metrics, health };
};
