import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DiskError } from '../../../core/config/disk-error.ts';
import { COMPILED_CODE } from '../../../core/process/io/compiled-code.ts';
import type { FromService, ToService } from '../../../core/process/io/service-process.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

interface ProcessSettings {
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** How long a part may take to end after it is asked to. */
const STOP_MS = 2000;

/** Killed with this process, where it does not wait for them: at a second Ctrl-C. */
const living = new Set<ChildProcess>();
process.prependListener('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** A part of a live run: a process of its own, which ends with this one, however either ends. */
export class Part<Setup, Ready, Progress = never> {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #loaded = Promise.withResolvers<void>();
  readonly #ready = Promise.withResolvers<Ready>();
  readonly #done = Promise.withResolvers<void>();
  readonly #exited = Promise.withResolvers<void>();
  /** Those that are not answered, by their numbers. */
  readonly #orders = new Map<number, PromiseWithResolvers<unknown>>();
  #errors = '';
  #isStopping = false;
  #isCrashing = false;
  #unwritten: DiskError | null = null;
  onProgress: ((progress: Progress) => void) | null = null;
  /** The process ended without being asked to. */
  onLost: ((reason: string) => void) | null = null;
  /** It ended because a fault was to make it crash. */
  onCrashed: (() => void) | null = null;
  /** The disk does not take its log. */
  onUnwritten: ((fault: DiskError) => void) | null = null;

  /** Starts `module`, a path from the root of the project. What the user says of Node.js counts more than `settings`. */
  constructor(name: string, module: string, settings: ProcessSettings = {}) {
    this.name = name;
    this.#child = fork(join(ROOT, module), {
      execArgv: [...(settings.execArgv ?? []), ...process.execArgv],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      // The parts of a run are mostly the same code: the others and later runs load compiled code in a third of the time.
      env: { ...settings.env, NODE_COMPILE_CACHE: COMPILED_CODE, ...process.env },
    });
    living.add(this.#child);
    for (const { promise } of [this.#loaded, this.#ready, this.#done]) promise.catch(() => {}); // the callers handle it
    this.#child.on('message', (message) => this.#onMessage(message as FromService<Ready, Progress>));
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-2000);
    });
    this.#child.on('error', (error) => this.#onExit(error.message));
    this.#child.on('exit', (code, signal) => this.#onExit(signal === null ? `with code ${code}` : `by ${signal}`));
  }

  get pid(): number {
    return this.#child.pid!;
  }

  loaded(): Promise<void> {
    return this.#loaded.promise;
  }

  /** Configures it; resolves once it is up. */
  configure(setup: Setup): Promise<Ready> {
    this.#send({ kind: 'configure', setup });
    return this.#ready.promise;
  }

  /** Tells it when the run starts. */
  begin(startUnixMs: number): void {
    this.#send({ kind: 'begin', startUnixMs });
  }

  /** Has it do something that it offers while it runs; resolves to its answer. Rejects with its line where it does not. */
  order(name: string, body: unknown): Promise<unknown> {
    if (!this.#child.connected) return Promise.reject(new Error(`${this.name} is gone`));
    const answer = Promise.withResolvers<unknown>();
    const id = this.#orders.size === 0 ? 1 : Math.max(...this.#orders.keys()) + 1;
    this.#orders.set(id, answer);
    this.#send({ kind: 'order', id, name, body });
    return answer.promise.finally(() => this.#orders.delete(id));
  }

  /** Resolves when it reports that its work is done. */
  done(): Promise<void> {
    return this.#done.promise;
  }

  /** Asks it to end, and kills it when it has not after two seconds. Resolves when the process is gone. */
  async stop({ isInterrupted } = { isInterrupted: false }): Promise<void> {
    this.#isStopping = true;
    this.#send({ kind: 'stop', isInterrupted });
    const killing = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await this.#exited.promise;
    clearTimeout(killing);
  }

  #send(message: ToService<Setup>): void {
    if (this.#child.connected) this.#child.send(message, () => {}); // when a part is gone, its exit reports it
  }

  #onMessage(message: FromService<Ready, Progress>): void {
    if (message.kind === 'loaded') this.#loaded.resolve();
    else if (message.kind === 'ready') this.#ready.resolve(message.ready);
    else if (message.kind === 'done') this.#done.resolve();
    else if (message.kind === 'crashing') this.#isCrashing = true;
    else if (message.kind === 'progress') this.onProgress?.(message.progress);
    else if (message.kind === 'answer') this.#orders.get(message.id)?.resolve(message.answer);
    else if (message.kind === 'refusal') this.#orders.get(message.id)?.reject(new Error(message.message));
    else if (message.kind === 'unwritten') this.#onUnwritten(new DiskError(message.path, message.reason));
    else this.#errors = `${message.message}\n`;
  }

  #onUnwritten(fault: DiskError): void {
    this.#unwritten = fault;
    this.onUnwritten?.(fault);
  }

  #onExit(how: string): void {
    living.delete(this.#child);
    this.#exited.resolve();
    const said = this.#errors.trim().split('\n').at(-1) ?? '';
    const reason = said === '' ? `stopped ${how}` : `stopped ${how}: ${said}`;
    const error = this.#unwritten ?? new Error(`${this.name} ${reason}`);
    for (const { reject } of [this.#loaded, this.#ready, this.#done, ...this.#orders.values()]) reject(error);
    if (this.#isStopping) return;
    if (this.#isCrashing) this.onCrashed?.();
    else this.onLost?.(reason);
  }
}
