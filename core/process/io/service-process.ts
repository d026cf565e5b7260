import { basename } from 'node:path';
import { type DiskError, diskErrorOf } from '../../config/disk-error.ts';
import type { EventSink } from '../../event/event.ts';
import { EventFile } from '../../event/io/event-file.ts';
import type { Ms } from '../../time/clock.ts';
import { steadyOf } from '../../time/io/steady-unix.ts';
import { closeAll } from '../close-all.ts';
import { EXIT } from '../exit-code.ts';
import type { Orders } from './admin-door.ts';
import { endOnce } from './ending.ts';

/** The messages from a part of a run to the process that started it. */
export type FromService<Ready, Progress> =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'ready'; readonly ready: Ready }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done' }
  /** It ends on purpose, as a crash would; its log is whole. */
  | { readonly kind: 'crashing' }
  /** The disk does not take its log; it goes on. */
  | { readonly kind: 'unwritten'; readonly path: string; readonly reason: string }
  /** What became of an order, by its number. */
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly message: string }
  | { readonly kind: 'error'; readonly message: string };

export type ToService<Setup> =
  | { readonly kind: 'configure'; readonly setup: Setup }
  /** `startUnixMs` is read from the wall clock just before. */
  | { readonly kind: 'begin'; readonly startUnixMs: number }
  /** One of its `orders`. */
  | { readonly kind: 'order'; readonly id: number; readonly name: string; readonly body: unknown }
  /** `isInterrupted`: the run ends early because somebody wants it to, not because it is over. */
  | { readonly kind: 'stop'; readonly isInterrupted: boolean };

/** A part of a run that is up. */
export interface Service<Ready> {
  /** What the other parts must know of it, such as its port. */
  readonly ready: Ready;
  /** The run starts at that instant, by the monotonic clock of this process (see `steadyUnixMs`). */
  begin(startUnixMs: number): void;
  close(ending: { readonly isInterrupted: boolean }): Promise<void> | void;
  /** Ends it at once, as a crash would, where it comes back in the same process. */
  cut?(): Promise<void>;
  /** Whether it can do its work, and details for its health answer. */
  health?(): Health;
  /** In the text format of Prometheus. */
  metrics?(): Promise<string>;
  /** What an operator may order of it while it runs. */
  readonly orders?: Orders;
  /** A recording of its events begins now, of a run that starts at `startsAtMs`; `recordingEnds` ends it. */
  recordingBegan?(nowMs: Ms, startsAtMs: Ms): void;
  recordingEnds?(nowMs: Ms): void;
}

export interface Health {
  readonly ok: boolean;
  /** Set where it is not well as it was meant to be (it drains, has no power, or a fault was injected), so that a load may begin. */
  readonly stands?: true;
  readonly [what: string]: unknown;
}

/** How a part sends its messages while it is up. */
export interface Parent<Progress> {
  readonly emit: EventSink;
  progress(progress: Progress): void;
  done(): void;
  /** Ends the process as a crash would: nothing is closed, but what was logged is written. */
  crash(): void;
}

/**
 * The life of a part of a run in its own process: it reports that it is loaded, is configured, reports that it is up, starts
 * with the others, and ends when it is told to or when its parent is gone. Ctrl-C reaches every process of a terminal, but
 * only the parent acts on it.
 */
export const runService = <Setup extends { readonly events: string }, Ready, Progress = never>(
  start: (setup: Setup, parent: Parent<Progress>) => Promise<Service<Ready>>,
): void => {
  if (!isForked()) {
    process.stderr.write('starlane: this is a part of a run; start one with: starlane run FILE\n');
    process.exit(EXIT.wrongInput);
  }
  let service: Service<Ready> | null = null;
  let log: EventFile | null = null;
  let part = '';
  let startUnixMs = Number.NaN;
  let isInterrupted = false;
  /** The first and the last line of the log. Without the last one, or with lost events, the log is not complete. */
  const mark = (state: 'opened' | 'closed'): void => {
    const atMs = Number.isNaN(startUnixMs) ? 0 : Date.now() - startUnixMs;
    log?.emit({ kind: 'log', atMs, part, state, lost: log.lost });
  };
  const tell = (message: FromService<Ready, Progress>): void => {
    if (process.connected) process.send!(message);
  };
  const say = (message: string): void => tell({ kind: 'error', message });
  const tellUnwritten = ({ path, reason }: DiskError): void => tell({ kind: 'unwritten', path, reason });
  const end = endOnce({
    close: () =>
      closeAll([
        () => service?.close({ isInterrupted }),
        () => {
          log?.flush();
          mark('closed');
          log?.close();
        },
      ]),
    say,
    exit: (code) => process.exit(code),
  });
  let isFailing = false;
  const fail = (error: unknown): void => {
    if (!isFailing) say(error instanceof Error ? error.message : String(error)); // only the first error is reported
    isFailing = true;
    void end(EXIT.failed);
  };
  process.on('SIGINT', () => {});
  // Whoever ends all processes of a group, as `timeout` does, means the run: the parent ends its parts in order.
  process.on('SIGTERM', () => setTimeout(() => void end(EXIT.done), ORPHAN_MS).unref());
  process.on('disconnect', () => void end(EXIT.done));
  process.on('uncaughtException', fail);
  process.on('message', (message: ToService<Setup>) => {
    if (message.kind === 'stop') {
      ({ isInterrupted } = message);
      void end(EXIT.done);
      return;
    }
    if (message.kind === 'begin') {
      startUnixMs = steadyOf(message.startUnixMs);
      service?.begin(startUnixMs);
      return;
    }
    if (message.kind === 'order') {
      const { id, name, body } = message;
      const order = async (): Promise<unknown> => {
        const ordered = service?.orders?.[name];
        if (ordered === undefined) throw new Error(`${part} takes no order ${name}`);
        return ordered(body);
      };
      order().then(
        (answer) => tell({ kind: 'answer', id, answer }),
        (error: Error) => tell({ kind: 'refusal', id, message: error.message }),
      );
      return;
    }
    try {
      log = new EventFile(message.setup.events, { onFault: tellUnwritten });
    } catch (error) {
      tellUnwritten(diskErrorOf(message.setup.events, error));
      fail(error);
      return;
    }
    part = basename(message.setup.events, '.jsonl');
    mark('opened');
    const parent: Parent<Progress> = {
      emit: log.emit,
      progress: (progress) => tell({ kind: 'progress', progress }),
      done: () => tell({ kind: 'done' }),
      crash: () => {
        log?.flush();
        mark('closed');
        log?.close();
        const exit = (): void => process.exit(EXIT.failed);
        if (process.connected) process.send!({ kind: 'crashing' }, exit);
        else exit();
      },
    };
    start(message.setup, parent).then((started) => {
      service = started;
      tell({ kind: 'ready', ready: started.ready });
    }, fail);
  });
  tell({ kind: 'loaded' });
};

/** How long a part waits for the order of its parent after SIGTERM. */
const ORPHAN_MS = 1000;

/** Whether a run on this machine started this process and sends it messages. */
export const isForked = (): boolean => process.send !== undefined;
