interface Flushed {
  flush(): void;
}

/** Writes what connections have to send once a turn of the event loop, after all that was read: one write a socket. */
export class Flusher {
  #dirty: Flushed[] = [];
  /** Emptied, for what comes while the others are flushed. */
  #next: Flushed[] = [];

  /** The caller adds itself once until it is flushed. */
  add(one: Flushed): void {
    this.#dirty.push(one);
    if (this.#dirty.length === 1) setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    const flushed = this.#dirty;
    this.#dirty = this.#next; // what a flush gives others to send is for another turn
    this.#next = flushed;
    for (let index = 0; index < flushed.length; index++) flushed[index]!.flush();
    flushed.length = 0;
  };
}
