/**
 * The bytes that the relays of one process hold together, in flight or unread. At `MOST_BYTES`, all of their connections
 * stop reading, and TCP pushes back on the senders, until a quarter is free again.
 */
export class RelayMemory {
  readonly #paused = new Set<() => void>();
  readonly #mostBytes: number;
  #heldBytes = 0;
  #isFull = false;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** A connection holds `bytes` more than before, or fewer. */
  add(bytes: number): void {
    this.#heldBytes += bytes;
    if (this.#heldBytes >= this.#mostBytes) this.#isFull = true;
    if (!this.#isFull || this.#heldBytes > this.#mostBytes * 0.75) return;
    this.#isFull = false;
    for (const readOn of [...this.#paused]) readOn();
  }

  /** Calls `readOn` each time when there is room again, until it is removed. */
  wait(readOn: () => void): void {
    this.#paused.add(readOn);
  }

  isWaiting(readOn: () => void): boolean {
    return this.#paused.has(readOn);
  }

  stopWaiting(readOn: () => void): void {
    this.#paused.delete(readOn);
  }
}

const MOST_BYTES = 48 << 20;
