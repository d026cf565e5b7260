import type { Socket } from 'node:net';
import type { Histogram } from '../../../../core/stats/histogram.ts';
import type { Clock } from '../../../../core/time/clock.ts';
import { MSS_BYTES } from '../../../links/transport/tcp-constants.ts';
import type { Carrier } from '../relayed-path.ts';
import type { RelayMemory } from './relay-memory.ts';

/** One direction of one connection. */
export interface Pumped {
  /** By `performance.now()`: since when its reader has read nothing of what waits for it; null where nothing waits. */
  unreadSinceMs(): number | null;
  /** Whether it carries nothing now, and when it last did. */
  isEmpty(): boolean;
  lastCarriedMs(): number;
  /** Whether its transport has given up. */
  isDead(): boolean;
}

/**
 * One direction of a path in a relay: bytes read from one socket are written to another when its carrier delivers them.
 *
 * Memory is bounded, both for bytes in flight and for a reader that stalls. A connection is not read while it holds
 * `MOST_OF_ONE_BYTES`; no connection is read while all together fill the `RelayMemory`. TCP then pushes back on the senders.
 *
 * Hot path: all that a connection has to write in one turn of the event loop is one system call.
 */
export class RelayDirection {
  readonly #clock: Clock;
  readonly #lateness: Histogram;
  readonly #memory: RelayMemory;

  constructor(options: { readonly clock: Clock; readonly lateness: Histogram; readonly memory: RelayMemory }) {
    this.#clock = options.clock;
    this.#lateness = options.lateness;
    this.#memory = options.memory;
  }

  /** Forwards what `from` sends to `to`, and then its end. */
  pump(from: Socket, to: Socket, carrier: Carrier): Pumped {
    const memory = this.#memory;
    let inFlightBytes = 0;
    let heldBytes = 0; // in flight, or waiting for the reader
    let ready = null as Ready | null; // delivered, and written when this turn of the event loop is over
    let isWriting = false;
    let isOver = false; // the reader is gone
    let unreadSinceMs: number | null = null;
    let lastCarriedMs = performance.now();
    const count = (): void => {
      const before = heldBytes;
      heldBytes = inFlightBytes + (to.destroyed ? 0 : to.writableLength);
      memory.add(heldBytes - before);
    };
    const readOn = (): void => {
      if (heldBytes >= MOST_OF_ONE_BYTES || memory.isFull) return;
      memory.stopWaiting(readOn);
      from.resume();
    };
    const hasWritten = (): void => {
      lastCarriedMs = performance.now();
      unreadSinceMs = to.destroyed || to.writableLength === 0 ? null : lastCarriedMs;
      count();
      if (memory.isWaiting(readOn)) readOn();
    };
    const write = (): void => {
      if (ready === null) return;
      const { chunk, start, end } = ready;
      ready = null;
      inFlightBytes -= end - start;
      if (to.destroyed) hasWritten();
      else to.write(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end), hasWritten);
    };
    const writeAll = (): void => {
      isWriting = false;
      write();
      to.uncork();
    };
    const carry = (chunk: Buffer, start: number, end: number): void => {
      carrier.send(end - start, (dueMs) => {
        if (isOver) return;
        this.#lateness.record((this.#clock.now() - dueMs) * 1000);
        inFlightBytes -= PIECE_BYTES;
        if (!isWriting) {
          isWriting = true;
          to.cork();
          process.nextTick(writeAll);
        }
        unreadSinceMs ??= performance.now();
        if (ready?.chunk === chunk) ready.end = end;
        else {
          write();
          ready = { chunk, start, end };
        }
      });
    };
    from.on('data', (chunk: Buffer) => {
      if (isOver) return;
      // A long chunk arrives in parts, as its segments do: the far end answers the first before the last is there. Longer
      // parts would wait for a part of the next window, a round trip later, and cost no less.
      for (let start = 0; start < chunk.length; start += MSS_BYTES) {
        const end = Math.min(chunk.length, start + MSS_BYTES);
        inFlightBytes += end - start + PIECE_BYTES;
        carry(chunk, start, end);
      }
      count();
      if (heldBytes < MOST_OF_ONE_BYTES && !memory.isFull) return;
      from.pause();
      memory.wait(readOn);
    });
    // The end of a connection crosses the path like its bytes do.
    const after = (act: () => void): void =>
      carrier.send(0, () => {
        write();
        act();
      });
    from.on('end', () => after(() => to.end()));
    from.on('error', () => after(() => to.destroy()));
    from.on('close', () => after(() => to.destroySoon()));
    to.on('close', () => {
      isOver = true;
      inFlightBytes = 0; // nobody takes it any more
      carrier.close();
      hasWritten();
    });
    from.on('close', () => memory.stopWaiting(readOn));
    return {
      unreadSinceMs: () => unreadSinceMs,
      isEmpty: () => heldBytes === 0,
      lastCarriedMs: () => lastCarriedMs,
      isDead: () => carrier.isDead,
    };
  }
}

/** Bytes of one chunk that are there. */
interface Ready {
  readonly chunk: Buffer;
  readonly start: number;
  end: number;
}

/** Well above bandwidth times delay of the widest path: 200 Mbit/s for 100 ms is 2.5 MB. */
const MOST_OF_ONE_BYTES = 8 << 20;

/** What a piece costs besides its bytes. An estimate: a function, an event and its share of the buffer. */
const PIECE_BYTES = 256;
