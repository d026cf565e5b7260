interface Flushed {
  flush(): void;
}

/** Writes what connections have to send once a turn of the event loop, after all that was read: one write a socket. */
export class Flusher {
  readonly #dirty: Flushed[] = [];

  /** The caller adds itself once until it is flushed. */
  add(one: Flushed): void {
    this.#dirty.push(one);
    if (this.#dirty.length === 1) setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    const { length } = this.#dirty;
    for (let index = 0; index < length; index++) this.#dirty[index]!.flush();
    this.#dirty.splice(0, length);
    if (this.#dirty.length > 0) setImmediate(this.#flush); // what a flush has given others to send
  };
}
