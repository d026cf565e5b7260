import { type ChildProcess, spawn } from 'node:child_process';
import type { OrderAnswered } from './on-orders.ts';

/** Killed with this process, however it ends. */
const living = new Set<BenchProcess>();
process.prependListener('exit', () => killAll());

/** Kills every process that was started here, at once. */
export const killAll = (): void => {
  for (const one of living) one.kill();
};

export interface BenchProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The cores on which it may run, as `taskset` reads them. */
  readonly cores: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether it follows orders (see `followOrders`). */
  readonly hasOrders?: boolean;
}

/** A process on some cores of the machine, in a group of its own, so that Ctrl-C in a terminal reaches only this one. */
export class BenchProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #exited = Promise.withResolvers<number>();
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #said = '';
  #lastId = 0;
  #isGone = false;

  constructor({ name, command, args, cores, env, cwd, hasOrders = false }: BenchProcessOptions) {
    this.name = name;
    this.#child = spawn('taskset', ['-c', cores, command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', ...(hasOrders ? (['ipc'] as const) : [])],
      serialization: 'advanced',
      detached: true,
      env: { ...process.env, ...env },
      ...(cwd !== undefined && { cwd }),
    });
    living.add(this);
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#said = (this.#said + text).slice(-MOST_KEPT);
      });
    }
    this.#child.on('message', (message) => this.#onAnswer(message as OrderAnswered));
    this.#child.on('error', (error) => this.#onClose(`could not be started: ${error.message}`, 1));
    this.#child.on('close', (code, signal) => this.#onClose(`ended ${signal ?? `with code ${code}`}`, code ?? 1));
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** The last of what it wrote. */
  get said(): string {
    return this.#said;
  }

  /** Resolves with its exit code when it is gone, and all that it said is here; 1 where a signal ended it. */
  ended(): Promise<number> {
    return this.#exited.promise;
  }

  /** Gives it an order; rejects with its refusal, or where it ends before its answer. */
  ask<Answer>(order: string, body: unknown): Promise<Answer> {
    const asked = Promise.withResolvers<unknown>();
    const id = ++this.#lastId;
    if (this.#isGone) asked.reject(new Error(`${this.name} is gone`));
    else {
      this.#asked.set(id, asked);
      this.#child.send({ id, order, body }, () => {}); // where it is gone, its end tells
    }
    return asked.promise as Promise<Answer>;
  }

  /** Kills it and what it started. */
  kill(): void {
    const { pid } = this.#child;
    if (this.#isGone || pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      this.#child.kill('SIGKILL'); // its group is not there yet, or no more
    }
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    this.kill();
    await this.#exited.promise;
  }

  #onAnswer({ id, answer, refusal }: OrderAnswered): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (refusal === undefined) asked?.resolve(answer);
    else asked?.reject(new Error(`${this.name}: ${refusal}`));
  }

  #onClose(how: string, code: number): void {
    if (this.#isGone) return;
    this.#isGone = true;
    living.delete(this);
    this.#exited.resolve(code);
    const line = this.#said.trim().split('\n').at(-1);
    for (const { reject } of this.#asked.values()) {
      reject(new Error(`${this.name} ${how}${line ? `: ${line}` : ''}`));
    }
    this.#asked.clear();
  }
}

const MOST_KEPT = 16_384;
