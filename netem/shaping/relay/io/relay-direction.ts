import type { Socket } from 'node:net';
import type { Histogram } from '../../../../core/stats/histogram.ts';
import type { Clock } from '../../../../core/time/clock.ts';
import type { Lane, LinkEmulator } from '../../../links/model/link-emulator.ts';

/**
 * One direction of a path in a relay: what it reads of a socket it writes to another when the link hands it over.
 *
 * Memory is bounded, be it bytes in flight or a reader at the far end that stalls: a connection is read no further while it
 * holds `MOST_OF_ONE_BYTES`, and none is while all together hold `MOST_BYTES`; TCP then pushes back on the senders.
 *
 * Hot path: what a connection is due to write in one turn of the event loop is one system call.
 */
export class RelayDirection {
  readonly #link: LinkEmulator;
  readonly #clock: Clock;
  readonly #lateness: Histogram;
  readonly #paused = new Set<() => void>();
  #heldBytes = 0;
  #isFull = false;

  constructor(options: { readonly link: LinkEmulator; readonly clock: Clock; readonly lateness: Histogram }) {
    this.#link = options.link;
    this.#clock = options.clock;
    this.#lateness = options.lateness;
  }

  /** Carries what `from` sends to `to`, and then its end. */
  pump(from: Socket, to: Socket, lane: Lane): void {
    let inFlightBytes = 0;
    let heldBytes = 0; // in flight, or waiting for the reader
    let isCorked = false;
    const count = (): void => {
      this.#heldBytes -= heldBytes;
      heldBytes = inFlightBytes + (to.destroyed ? 0 : to.writableLength);
      this.#heldBytes += heldBytes;
    };
    const readOn = (): void => {
      if (heldBytes >= MOST_OF_ONE_BYTES || this.#isFull) return;
      this.#paused.delete(readOn);
      from.resume();
    };
    const hasWritten = (): void => {
      count();
      this.#makeRoom();
      if (this.#paused.has(readOn)) readOn();
    };
    const uncork = (): void => {
      isCorked = false;
      to.uncork();
    };
    from.on('data', (chunk: Buffer) => {
      const costBytes = chunk.length + CHUNK_BYTES;
      inFlightBytes += costBytes;
      count();
      const deliver = (dueMs: number): void => {
        this.#lateness.record((this.#clock.now() - dueMs) * 1000);
        inFlightBytes -= costBytes;
        if (to.destroyed) {
          hasWritten();
          return;
        }
        if (!isCorked) {
          isCorked = true;
          to.cork();
          process.nextTick(uncork);
        }
        to.write(chunk, hasWritten);
      };
      this.#link.send(chunk.length, deliver, lane);
      this.#isFull ||= this.#heldBytes >= MOST_BYTES;
      if (heldBytes < MOST_OF_ONE_BYTES && !this.#isFull) return;
      from.pause();
      this.#paused.add(readOn);
    });
    // The end of a connection crosses the path like its bytes do.
    const after = (act: () => void): void => this.#link.send(0, act, lane);
    from.on('end', () => after(() => to.end()));
    from.on('error', () => after(() => to.destroy()));
    from.on('close', () => after(() => to.destroySoon()));
    to.on('close', hasWritten);
  }

  /** Lets everybody read on once a quarter is free, so that it does not stop again at once. */
  #makeRoom(): void {
    if (!this.#isFull || this.#heldBytes > MOST_BYTES * 0.75) return;
    this.#isFull = false;
    for (const readOn of this.#paused) readOn();
  }
}

/** Well above bandwidth times delay of the widest path: 200 Mbit/s for 100 ms is 2.5 MB. */
const MOST_OF_ONE_BYTES = 8 << 20;
const MOST_BYTES = 32 << 20;

/** What keeping a chunk costs beside its bytes. An estimate: a buffer, its backing store and an event. */
const CHUNK_BYTES = 512;
