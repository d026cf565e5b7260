import { performance } from 'node:perf_hooks';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { seededRng } from '../../../core/random/rng.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { FrameProxy } from '../../../router/io/frame-proxy/frame-proxy.ts';
import { Http2Proxy } from '../../../router/io/http2-proxy.ts';
import { measuredDataPath } from '../../../router/io/measured-data-path.ts';
import { OwnServices } from '../../../router/io/own-services.ts';
import { madeRouter } from '../../../router/made-router.ts';
import { readPlan } from '../../../router/standalone/io/read-plan.ts';
import { plannedPolicy } from '../../../router/standalone/io/standalone-routes.ts';

/** A router by itself in one process, over a data path by name: `frames` or `node-http2`, and its configuration file. */
const [, , dataPath, config] = process.argv;
const plan = readPlan({ config: config!, endpoint: [] });
const { endpoints, router } = plan;
const { limits, ewma, residual, seed, health, maxAttempts } = router;
const routes = measuredDataPath({
  names: endpoints.map(({ name }) => name),
  method: null,
  policy: router.policy,
  routerWith: (observers, picks) =>
    madeRouter({
      specs: endpoints,
      table: { ewma, residual, seed },
      policy: plannedPolicy(plan),
      rng: seededRng(seed)('policy'),
      observers,
      health,
      knowsSlots: true,
      maxOutstanding: limits.maxOutstanding,
      maxAttempts,
      picks,
    }),
  withProcess: false,
  clock: new SystemClock({ startUnixMs: performance.timeOrigin }),
  addresses: endpoints.map(({ address, tls }) => ({ ...address, tls })),
  services: plan.routed,
  own: new OwnServices(plan.routed ?? [], null),
  deadlineMs: plan.deadlineMs,
  tls: plan.tls,
  limits: { idleMs: limits.idleS * 1000, maxConnections: limits.maxConnections },
  createDataPath: (options) => (dataPath === 'frames' ? new FrameProxy(options) : new Http2Proxy(options)),
});
collectDefaultMetrics({ register: new Registry() });
await routes.dataPath.listen(plan.listen);
