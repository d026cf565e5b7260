import { flushCompileCache } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import collectDefaultMetrics from 'prom-client/lib/defaultMetrics.js';
import Registry from 'prom-client/lib/registry.js';
import { EXIT } from '../../../core/process/exit-code.ts';
import { steadyOf } from '../../../core/time/io/steady-unix.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import type { Forecast } from '../../endpoint/forecast.ts';
import type { MeasuredDataPath } from '../../io/measured-data-path.ts';
import { OwnServices } from '../../io/own/own-services.ts';
import { countedIn, metricsOfWorkers, metricsOverReloads } from '../../metrics/worker-metrics.ts';
import type { Policy } from '../../pick/policy.ts';
import { RunningPolicy } from '../../pick/running-policy.ts';
import type { StandalonePlan } from '../standalone-plan.ts';
import type { FromWorker, ToWorker, WorkerOrders } from '../worker-orders.ts';
import { plannedLimits, plannedPolicy, plannedSettings, standaloneRoutes } from './standalone-routes.ts';

/** What the paths of a plan are known to do, by the clock of its scenario; null for nothing. */
export type ForecastOf = (plan: StandalonePlan) => Forecast | null;

/**
 * The life of one of the processes that share the port of a router by itself. The process in front tells it what to do, and what a
 * terminal tells all of them is for that one. It ends with it.
 */
export const runWorker = (forecastOf: ForecastOf): void => {
  let serving: Promise<Worker> | null = null;
  const tell = (message: FromWorker, isLast = false): void => {
    const leave = (): void => process.exit(EXIT.done);
    if (!process.connected) return;
    if (isLast) process.send!(message, leave);
    else process.send!(message);
  };
  const follow = async ({ order, body }: ToWorker): Promise<unknown> => {
    if (order === 'serve') {
      serving = Worker.create(body, forecastOf);
      const worker = await serving;
      const port = await worker.listen(body);
      tellHealth(worker, tell);
      flushCompileCache(); // one that is killed leaves it, too: code that was stripped of types by this process takes 20 MiB more
      return port;
    }
    if (serving === null) throw new Error(`${order} comes before serve`);
    const worker = await serving;
    if (order === 'reload') return worker.reload(body);
    if (order === 'metrics') return worker.metrics();
    return worker.drain(body.limitMs);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('disconnect', () => process.exit(EXIT.failed));
  process.on('message', (message: ToWorker) => {
    const { id } = message;
    follow(message).then(
      (answer) => tell({ kind: 'answer', id, answer }, message.order === 'drain'),
      (error: Error) => tell({ kind: 'refusal', id, message: error.message }),
    );
  });
  tell({ kind: 'loaded' });
};

const tellHealth = (worker: Worker, tell: (message: FromWorker) => void): void => {
  let told: unknown = null;
  const look = (): void => {
    const health = worker.health();
    if (isDeepStrictEqual(health, told)) return;
    told = health;
    tell({ kind: 'health', health });
  };
  look();
  setInterval(look, HEALTH_MS).unref();
};

const HEALTH_MS = 100;

type Serving = WorkerOrders['serve']['body'];

class Worker {
  readonly #clock: SystemClock;
  readonly #process = new Registry();
  readonly #own: OwnServices;
  readonly #number: number;
  readonly #forecastOf: ForecastOf;
  #plan: StandalonePlan;
  #policy: RunningPolicy;
  /** Made by `create`. */
  #routes!: MeasuredDataPath;
  /** Those before it whose requests are not over. */
  readonly #earlier = new Set<MeasuredDataPath>();
  /** What those counted that are over. */
  #counted = '';
  #isDraining = false;

  static async create(serving: Serving, forecastOf: ForecastOf): Promise<Worker> {
    const worker = new Worker(serving, forecastOf);
    worker.#routes = await worker.#routesOf(serving.plan, worker.#policy.policy);
    return worker;
  }

  private constructor({ plan, worker }: Serving, forecastOf: ForecastOf) {
    const { emulated } = plan;
    this.#clock = new SystemClock({
      startUnixMs: emulated === null ? performance.timeOrigin : steadyOf(emulated.startUnixMs),
    });
    this.#plan = plan;
    this.#policy = new RunningPolicy(plannedPolicy(plan));
    this.#number = worker;
    this.#forecastOf = forecastOf;
    this.#own = new OwnServices(plan.routed ?? []);
    collectDefaultMetrics({ register: this.#process });
  }

  listen({ plan, port, sharing }: Serving): Promise<number> {
    return this.#routes.dataPath.listen({ host: plan.listen.host, port, sharing });
  }

  /** Routes by another plan from now on; the requests that are open go on as they began. */
  async reload(plan: StandalonePlan): Promise<null> {
    if (isDeepStrictEqual(connectionsOf(this.#plan), connectionsOf(plan))) {
      const { router, dataPath, metrics } = this.#routes;
      router.replace(this.#policy.become(plannedPolicy(plan)));
      router.retune(plannedSettings(plan), this.#clock.now());
      dataPath.retune(plannedLimits(plan));
      metrics.switchTo(plan.router.policy);
      this.#plan = plan;
      return null;
    }
    const policy = new RunningPolicy(plannedPolicy(plan)); // what a policy learns, it learns by the numbers of endpoints
    const [earlier, routes] = [this.#routes, await this.#routesOf(plan, policy.policy)];
    for (const [endpoint, { name, address }] of plan.endpoints.entries()) {
      const its = this.#plan.endpoints.findIndex((known) => known.name === name);
      if (its < 0 || !isDeepStrictEqual(this.#plan.endpoints[its]!.address, address)) continue;
      routes.router.inherit(endpoint, earlier.router, its);
    }
    routes.router.retune(plannedSettings(plan), this.#clock.now()); // what was inherited is within its settings
    const { isOver } = await routes.dataPath.takeOver(earlier.dataPath);
    this.#own.report(plan.routed ?? []);
    this.#earlier.add(earlier);
    this.#routes = routes;
    this.#policy = policy;
    this.#plan = plan;
    void isOver.then(async () => {
      const text = countedIn(await earlier.metrics.text());
      this.#earlier.delete(earlier);
      this.#counted = metricsOfWorkers([this.#counted, text]);
    });
    return null;
  }

  async metrics(): Promise<string> {
    const [ofProcess, now, ...earlier] = await Promise.all([
      this.#process.metrics(),
      this.#routes.metrics.text(),
      ...[...this.#earlier].map(({ metrics }) => metrics.text()),
    ]);
    return ofProcess + metricsOverReloads(now, [this.#counted, ...earlier]);
  }

  health() {
    return this.#routes.health(this.#isDraining);
  }

  async drain(limitMs: number): Promise<null> {
    this.#isDraining = true;
    await this.#routes.dataPath.drain(limitMs);
    await this.#routes.dataPath.close();
    this.#clock.close();
    return null;
  }

  #routesOf(plan: StandalonePlan, policy: Policy): Promise<MeasuredDataPath> {
    return standaloneRoutes(plan, {
      clock: this.#clock,
      own: this.#own,
      worker: this.#number,
      forecast: this.#forecastOf(plan),
      policy,
    });
  }
}

/** What of a plan its connections and its draws are made of: while this stays, the same router goes on with other settings. */
const connectionsOf = (plan: StandalonePlan): object => {
  const { endpoints, deadlineMs, routed, tls, emulated, tokenDigests, router } = plan;
  return { endpoints, deadlineMs, routed, tls, emulated, tokenDigests, dataPath: router.dataPath, seed: router.seed };
};
