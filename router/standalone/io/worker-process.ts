import type { Worker } from 'node:cluster';
import type { RouterHealth } from '../../io/measured-data-path.ts';
import type { FromWorker, ToWorker, WorkerOrders } from '../worker-orders.ts';

/** A worker, as the process in front sees it: it takes orders and says how it is. */
export class WorkerProcess {
  readonly #worker: Worker;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #loaded = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<string>();
  #asked = 0;
  #isGone = false;
  #health: RouterHealth | null = null;
  readonly bornAtMs = performance.now();
  /** Its last metrics. */
  counted = '';

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#loaded.promise.catch(() => {}); // `ask` hears of it
    worker.on('message', (message: FromWorker) => this.#onMessage(message));
    worker.on('error', () => {}); // it is gone, and `exit` says so
    worker.on('exit', (code, signal) => this.#onExit(signal === null ? `with code ${code}` : `by ${signal}`));
  }

  get pid(): number {
    return this.#worker.process.pid!;
  }

  /** Null until it serves. */
  get health(): RouterHealth | null {
    return this.#health;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Resolves to how it ended. */
  get gone(): Promise<string> {
    return this.#gone.promise;
  }

  /** Rejects with its refusal, or where it ends first. */
  async ask<Name extends keyof WorkerOrders>(
    order: Name,
    body: WorkerOrders[Name]['body'],
  ): Promise<WorkerOrders[Name]['answer']> {
    await this.#loaded.promise;
    const id = this.#asked++;
    const answer = Promise.withResolvers<unknown>();
    this.#open.set(id, answer);
    // A worker that is gone says so by its exit.
    this.#worker.process.send({ id, order, body } as ToWorker, () => {});
    return answer.promise as Promise<WorkerOrders[Name]['answer']>;
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL');
  }

  #onMessage(message: FromWorker): void {
    if (message.kind === 'loaded') this.#loaded.resolve();
    else if (message.kind === 'health') this.#health = message.health;
    else {
      const open = this.#open.get(message.id);
      this.#open.delete(message.id);
      if (message.kind === 'answer') open?.resolve(message.answer);
      else open?.reject(new Error(message.message));
    }
  }

  #onExit(how: string): void {
    this.#health = null;
    this.#isGone = true;
    const error = new Error(`worker ${this.pid} ended ${how}`);
    this.#loaded.reject(error);
    for (const { reject } of this.#open.values()) reject(error);
    this.#open.clear();
    this.#gone.resolve(how);
  }
}
