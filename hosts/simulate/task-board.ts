import type { Ms } from '../../core/time/clock.ts';

/**
 * What the threads of one command tell each other while simulations run, in shared memory: how far each is, and whether all shall
 * stop. `memory` is what another thread makes its board of.
 */
export class TaskBoard {
  readonly memory: SharedArrayBuffer;
  /** The stop, then two cells a task: its virtual time in milliseconds, and the requests that were due until then. */
  readonly #cells: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#cells = new Int32Array(memory);
  }

  static for(tasks: number): TaskBoard {
    return new TaskBoard(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * (1 + 2 * tasks)));
  }

  stop(): void {
    Atomics.store(this.#cells, 0, 1);
  }

  get isStopped(): boolean {
    return Atomics.load(this.#cells, 0) === 1;
  }

  tell(task: number, { virtualMs, requests }: TaskProgress): void {
    Atomics.store(this.#cells, 1 + 2 * task, Math.round(virtualMs));
    Atomics.store(this.#cells, 2 + 2 * task, requests);
  }

  of(task: number): TaskProgress {
    return {
      virtualMs: Atomics.load(this.#cells, 1 + 2 * task),
      requests: Atomics.load(this.#cells, 2 + 2 * task),
    };
  }
}

/** How far a simulation is. */
export interface TaskProgress {
  readonly virtualMs: Ms;
  readonly requests: number;
}
