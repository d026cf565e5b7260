/**
 * The free blocks of a KV cache, in the order in which they are taken: the one that was unused longest first. Those with content, which
 * can be found again until then, have a number; the others are only counted, as runs of any length.
 */
export class FreeBlocks {
  /** A ring from a place that holds nothing. */
  readonly #ring: Place = newPlace(EMPTY, 0);
  readonly #placeOf = new Map<number, Place>();
  #count = 0;

  /** All of them are empty. */
  constructor(count: number) {
    this.appendEmpty(count);
  }

  get count(): number {
    return this.#count;
  }

  /** Takes up to `most` empty blocks; returns how many there were before the first with content. */
  takeEmpty(most: number): number {
    const first = this.#ring.next;
    if (first.block !== EMPTY) return 0;
    const taken = Math.min(most, first.length);
    first.length -= taken;
    this.#count -= taken;
    if (first.length === 0) unlink(first);
    return taken;
  }

  /** Takes the first block, which has content. */
  takeFirst(): number {
    const { block } = this.#ring.next;
    this.remove(block);
    return block;
  }

  /** Takes out a block with content. */
  remove(block: number): void {
    unlink(this.#placeOf.get(block)!);
    this.#placeOf.delete(block);
    this.#count--;
  }

  append(block: number): void {
    const place = newPlace(block, 1);
    this.#link(place);
    this.#placeOf.set(block, place);
  }

  appendEmpty(count: number): void {
    const last = this.#ring.previous;
    if (count === 0) return;
    if (last === this.#ring || last.block !== EMPTY) {
      this.#link(newPlace(EMPTY, count));
      return;
    }
    last.length += count;
    this.#count += count;
  }

  copy(): FreeBlocks {
    const copy = new FreeBlocks(0);
    for (let place = this.#ring.next; place !== this.#ring; place = place.next) {
      if (place.block === EMPTY) copy.appendEmpty(place.length);
      else copy.append(place.block);
    }
    return copy;
  }

  #link(place: Place): void {
    const ring = this.#ring;
    place.previous = ring.previous;
    place.next = ring;
    ring.previous.next = place;
    ring.previous = place;
    this.#count += place.length;
  }
}

/** A block with content, or a run of empty ones. */
interface Place {
  readonly block: number;
  length: number;
  next: Place;
  previous: Place;
}

const EMPTY = -1;

const newPlace = (block: number, length: number): Place => {
  const place = { block, length } as Place;
  place.next = place;
  place.previous = place;
  return place;
};

const unlink = ({ next, previous }: Place): void => {
  previous.next = next;
  next.previous = previous;
};
