import { join } from 'node:path';
import { type DiskError, diskErrorOf } from '../../config/disk-error.ts';
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
  readonly #onFault: (fault: DiskError) => void;
  #fault: DiskError | null = null;

  /** `onFault` is called once a recording when the disk does not take its events. */
  constructor(part: string, onFault: (fault: DiskError) => void = () => {}) {
    this.#part = part;
    this.#onFault = onFault;
  }

  readonly emit = (event: Event): void => {
    this.#file?.emit({ ...event, atMs: event.atMs - this.#startedAtMs });
  };

  get isOpen(): boolean {
    return this.#folder !== null;
  }

  /** The folder of the current recording. */
  get folder(): string | null {
    return this.#folder;
  }

  /** Why the disk did not take all of the last recording; null where it did. */
  get fault(): DiskError | null {
    return this.#fault;
  }

  /**
   * Records events from `startedAtMs` on into `folder`. A part that was restarted appends to the same file. When there can be no file,
   * nothing is recorded and `fault` says why: the part goes on.
   */
  open(folder: string, startedAtMs: Ms, nowMs: Ms): void {
    this.#startedAtMs = startedAtMs;
    this.#folder = folder;
    this.#fault = null;
    const path = join(folder, `${this.#part}.jsonl`);
    try {
      this.#file = new EventFile(path, { append: true, onFault: this.#fail });
    } catch (error) {
      this.#fail(diskErrorOf(path, error));
    }
    this.emit({ kind: 'log', atMs: nowMs, part: this.#part, state: 'opened', lost: 0 });
  }

  /** The run is over: closes the log. */
  close(nowMs: Ms): void {
    this.#file?.flush();
    this.emit({ kind: 'log', atMs: nowMs, part: this.#part, state: 'closed', lost: this.#file?.lost ?? 0 });
    this.breakOff();
  }

  /** The part ends before the run: its log stays without its last line, even when that end is orderly. */
  breakOff(): void {
    this.#file?.close();
    this.#file = null;
    this.#folder = null;
  }

  readonly #fail = (fault: DiskError): void => {
    this.#fault = fault;
    this.#onFault(fault);
  };
}
