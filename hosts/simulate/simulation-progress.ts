import type { Ms } from '../../core/time/clock.ts';
import type { TaskBoard } from './task-board.ts';

/** What a person sees of the simulations of one command. Instants are of any clock. */
export class SimulationProgress {
  readonly #tasks: readonly { readonly policy: string }[];
  readonly #board: TaskBoard;
  readonly #endMs: Ms;
  readonly #beganAtMs: Ms;

  /** Each task takes until `endMs` of virtual time, at most. */
  constructor(
    tasks: readonly { readonly policy: string }[],
    board: TaskBoard,
    { endMs, beganAtMs }: { readonly endMs: Ms; readonly beganAtMs: Ms },
  ) {
    this.#tasks = tasks;
    this.#board = board;
    this.#endMs = endMs;
    this.#beganAtMs = beganAtMs;
  }

  /** A title, the share that is done, and the detail, for `Progress.show`. */
  shown(nowMs: Ms): [title: string, share: number, detail: string] {
    const all = this.#tasks.map((_, index) => this.#board.of(index).virtualMs);
    const virtualMs = all.reduce((sum, ms) => sum + ms, 0);
    const began = all.filter((ms) => ms > 0).length;
    const share = virtualMs / (this.#endMs * all.length);
    const [only] = this.#tasks;
    const title = this.#tasks.length === 1 ? only!.policy : 'simulating';
    const which = this.#tasks.length === 1 ? '' : `${began} of ${this.#tasks.length} runs begun, `;
    return [
      title,
      share,
      `${which}${(virtualMs / 1000).toFixed(0)} s of virtual time, ${this.#perS(nowMs)} requests/s`,
    ];
  }

  /** How fast it was, for the end. */
  speedLine(nowMs: Ms): string {
    const seconds = ((nowMs - this.#beganAtMs) / 1000).toFixed(1);
    return `${this.#requests} requests simulated in ${seconds} s: ${this.#perS(nowMs)} requests/s.`;
  }

  get #requests(): number {
    return this.#tasks.reduce((sum, _, index) => sum + this.#board.of(index).requests, 0);
  }

  #perS(nowMs: Ms): string {
    const perS = (this.#requests * 1000) / Math.max(1, nowMs - this.#beganAtMs);
    return perS < 10 ? perS.toFixed(1) : perS.toFixed(0);
  }
}
