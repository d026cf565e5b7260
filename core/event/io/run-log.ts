import { join } from 'node:path';
import type { Ms } from '../../time/clock.ts';
import type { Event } from '../event.ts';
import { EventFile } from './event-file.ts';

/**
 * The log of a part that runs longer than one run. It keeps events only while a run is recorded, with times
 * counted from the start of that run. The first and the last line say that the log was opened and closed in order,
 * so that a log cut short by a crash or a full disk can be told from a complete one.
 */
export class RunLog {
  readonly #part: string;
  #file: EventFile | null = null;
  #startedAtMs: Ms = 0;
  #folder: string | null = null;

  constructor(part: string) {
    this.#part = part;
  }

  readonly emit = (event: Event): void => {
    this.#file?.emit({ ...event, atMs: event.atMs - this.#startedAtMs });
  };

  get isOpen(): boolean {
    return this.#file !== null;
  }

  /** The folder of the current recording. */
  get folder(): string | null {
    return this.#folder;
  }

  /** Records events from `startedAtMs` on into `folder`. A part that was restarted appends to the same file. */
  open(folder: string, startedAtMs: Ms, nowMs: Ms): void {
    this.#startedAtMs = startedAtMs;
    this.#file = new EventFile(join(folder, `${this.#part}.jsonl`), { append: true });
    this.#folder = folder;
    this.emit({ kind: 'log', atMs: nowMs, part: this.#part, state: 'opened', lost: 0 });
  }

  /** The run is over: closes the log. */
  close(nowMs: Ms): void {
    if (this.#file === null) return;
    this.#file.flush();
    this.emit({ kind: 'log', atMs: nowMs, part: this.#part, state: 'closed', lost: this.#file.lost });
    this.breakOff();
  }

  /** The part ends before the run: its log stays without its last line, even when that end is orderly. */
  breakOff(): void {
    this.#file?.close();
    this.#file = null;
    this.#folder = null;
  }
}
