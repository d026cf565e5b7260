import cluster from 'node:cluster';
import { createServer } from 'node:net';
import { freePort, isPortFree } from '../../../core/net/io/port-free.ts';
import { COMPILED_CODE } from '../../../core/process/io/compiled-code.ts';
import type { Sharing } from '../../io/address.ts';
import { countedIn, metricsOfWorkers } from '../../metrics/worker-metrics.ts';
import { ROUTER_PROCESS } from '../../process-settings.ts';
import { addressText } from '../address-in.ts';
import type { StandalonePlan } from '../standalone-plan.ts';
import { WorkerProcess } from './worker-process.ts';

/**
 * The processes that share the port of a router by itself. One that dies costs its own streams, and is replaced: at once the first
 * time, then with growing delays until one lasts. What it had counted stays in the metrics.
 */
export class WorkerPool {
  readonly #module: string;
  readonly #say: (line: string) => void;
  #plan: StandalonePlan;
  #workers: (WorkerProcess | null)[] = [];
  #sharing: Sharing = 'none';
  #port = 0;
  /** What processes counted that are no more. */
  #past = '';
  #isServing = false;
  #isClosed = false;
  readonly #restarting = new Set<NodeJS.Timeout>();
  /** Restarts in a row that did not last, by worker. */
  readonly #failures: number[] = [];

  /** `module` is what a worker runs; `say` hears what an operator should know, a line each. */
  constructor(
    plan: StandalonePlan,
    { module, say }: { readonly module: string; readonly say: (line: string) => void },
  ) {
    this.#plan = plan;
    this.#module = module;
    this.#say = say;
    process.once('exit', () => this.kill());
  }

  get sharing(): Sharing {
    return this.#sharing;
  }

  /** Resolves to the port once all serve; rejects where one cannot, such as when the port is in use. */
  async start(): Promise<number> {
    const { listen, workers, sharePort } = this.#plan;
    if (workers > 1) {
      const byKernel = sharePort !== 'cluster' && (await kernelShares(listen.host));
      if (sharePort === 'kernel' && !byKernel)
        throw new Error('the kernel cannot share a port here: expected sharePort auto');
      this.#sharing = byKernel ? 'kernel' : 'cluster';
      // Another program of this user could share the port unseen.
      if (listen.port !== 0 && !(await isPortFree(listen.host, listen.port))) {
        throw new Error(`router cannot listen on ${addressText(listen)}: the port is in use`);
      }
    }
    const execArgv = [...ROUTER_PROCESS.execArgv, ...process.execArgv]; // what the user says counts more
    cluster.setupPrimary({ exec: this.#module, args: [], execArgv, serialization: 'advanced' });
    this.#port = listen.port;
    // The cluster keeps a socket by the port that was asked for, so all must ask for one port by its number.
    if (this.#sharing === 'cluster' && listen.port === 0) this.#port = await freePort(listen.host);
    this.#port = await this.#serve(0);
    await Promise.all(Array.from({ length: workers - 1 }, (_, index) => this.#serve(index + 1)));
    this.#isServing = true;
    return this.#port;
  }

  /**
   * All workers route by another plan from now on, and those that replace them. Rejects where one of them cannot, with the reason; then
   * all route as before.
   */
  async reload(plan: StandalonePlan): Promise<void> {
    const before = this.#plan;
    try {
      await this.#loadAll(plan);
    } catch (error) {
      await this.#loadAll(before).catch(() => {}); // the first reason is told
      throw error;
    }
  }

  /** Whether any worker can serve, what all of them reach, and how each is. */
  health() {
    const all = this.#workers.map((worker) => worker?.health ?? null);
    const known = all.filter((health) => health !== null);
    const unreachable = [...new Set(known.flatMap((health) => health.unreachable))];
    const endpoints = this.#plan.endpoints.map(({ name }) => name).filter((name) => !unreachable.includes(name));
    const ok = known.some((health) => health.ok);
    const reason = known.find((health) => health.reason !== undefined)?.reason;
    return {
      ok,
      status: ok ? 'serving' : (known[0]?.status ?? 'unwell'),
      ...(reason !== undefined && !ok && { reason }),
      policy: this.#plan.router.policy,
      dataPath: this.#plan.router.dataPath,
      endpoints: known.length === 0 ? [] : endpoints,
      unreachable,
      workers: this.#workers.map((worker) => ({ pid: worker?.pid ?? null, ok: worker?.health?.ok ?? false })),
    };
  }

  /** Of all workers together, in the text format of Prometheus. */
  async metrics(): Promise<string> {
    await Promise.all(
      this.#living().map(async (worker) => {
        const asked = worker.ask('metrics', null);
        asked.catch(() => {}); // it died: what it said last counts
        const late = new Promise<null>((resolve) => setTimeout(resolve, METRICS_MS, null).unref());
        worker.counted = (await Promise.race([asked, late]).catch(() => null)) ?? worker.counted;
      }),
    );
    const texts = this.#living().map(({ counted }) => counted);
    return metricsOfWorkers([...texts, this.#past]);
  }

  /** All workers finish what is open, for at most `limitMs`, and end. */
  async drain(limitMs: number): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#restarting) clearTimeout(timer);
    const killing = setTimeout(() => this.kill(), limitMs + GRACE_MS);
    await Promise.all(
      this.#living().map(async (worker) => {
        await worker.ask('drain', { limitMs }).catch(() => {});
        await worker.gone;
      }),
    );
    clearTimeout(killing);
  }

  async #loadAll(plan: StandalonePlan): Promise<void> {
    this.#plan = plan;
    const loading = this.#living().map((worker) =>
      worker.ask('reload', plan).catch((error: Error) => {
        if (!worker.isGone) throw error; // who takes its place has the new plan
      }),
    );
    const refused = (await Promise.allSettled(loading)).find(({ status }) => status === 'rejected');
    if (refused?.status === 'rejected') throw refused.reason;
  }

  #living(): readonly WorkerProcess[] {
    return this.#workers.filter((worker) => worker !== null);
  }

  async #serve(index: number): Promise<number> {
    const worker = new WorkerProcess(cluster.fork(ENVIRONMENT));
    this.#workers[index] = worker;
    void worker.gone.then((how) => this.#onGone(index, worker, how));
    const plan = this.#plan;
    const port = await worker.ask('serve', { plan, port: this.#port, sharing: this.#sharing, worker: index });
    if (this.#plan !== plan) await worker.ask('reload', this.#plan);
    return port;
  }

  #onGone(index: number, worker: WorkerProcess, how: string): void {
    this.#workers[index] = null;
    this.#past = metricsOfWorkers([this.#past, countedIn(worker.counted)]);
    if (this.#isClosed || !this.#isServing) return;
    if (performance.now() - worker.bornAtMs >= LASTING_MS) this.#failures[index] = 0;
    const failures = this.#failures[index] ?? 0;
    const delayMs = failures === 0 ? 0 : Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), MAX_BACKOFF_MS);
    this.#failures[index] = failures + 1;
    const soon = delayMs === 0 ? 'now' : `in ${delayMs / 1000} s`;
    this.#say(`worker ${index + 1} (pid ${worker.pid}) ended ${how}; another takes its place ${soon}`);
    const timer = setTimeout(() => {
      this.#restarting.delete(timer);
      this.#serve(index).catch((error: Error) => {
        if (!this.#isClosed) this.#say(`worker ${index + 1} cannot serve: ${error.message}`);
        this.#workers[index]?.kill(); // its end brings the next one
      });
    }, delayMs);
    this.#restarting.add(timer);
  }

  /** Ends all workers at once. */
  kill(): void {
    this.#isClosed = true;
    for (const worker of this.#living()) worker.kill();
  }
}

/** Whether several sockets of one user may listen at one port here: on Linux and FreeBSD they may. */
const kernelShares = (host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false)); // where the host is the fault, a worker says so
    server.listen({ host, port: 0, reusePort: true }, () => server.close(() => resolve(true)));
  });

/** Workers run the same code: all but the first load it compiled. What the user says counts more. */
const ENVIRONMENT = { ...ROUTER_PROCESS.env, NODE_COMPILE_CACHE: COMPILED_CODE, ...process.env };

const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5000;

/** A worker that lasted this long was a good one. */
const LASTING_MS = 10_000;

/** How much longer than its limit a worker may take to drain before it is killed. */
const GRACE_MS = 5000;

/** How long a worker may take to tell its metrics; after that, what it told last counts. */
const METRICS_MS = 2000;
