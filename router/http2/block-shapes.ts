import { BlockShape } from './block-shape.ts';
import type { FieldList } from './field-list.ts';
import type { KnownBlock } from './known-block.ts';

/** The shapes of blocks that connections have met, learnt from those that differ in some values. */
export class BlockShapes {
  readonly #shapes: BlockShape[] = [];
  /** Lists that came, for the next ones to be compared with. */
  readonly #met: FieldList[] = [];
  #learnt = 0;
  #asked = 0;

  /** The shape of a block, which it tells of from now on. */
  find(block: Buffer, from: number, to: number): BlockShape | null {
    for (const shape of this.#shapes) if (shape.match(block, from, to)) return shape;
    return null;
  }

  /** Hears of a block that has none of these shapes. Its fields have their bytes, and none is a secret. */
  learn(judged: KnownBlock, mostListBytes: number): void {
    if (this.#asked++ > EAGER && this.#asked % SELDOM !== 0) return;
    const { fields } = judged;
    for (const [index, shape] of this.#shapes.entries()) {
      const wider = this.#shapeWith(shape.known.fields, shape.varying, judged, mostListBytes);
      if (wider === null) continue;
      this.#shapes[index] = wider;
      return;
    }
    for (const met of this.#met) {
      const shape = this.#shapeWith(met, NONE, judged, mostListBytes);
      if (shape === null) continue;
      this.#shapes[this.#learnt++ % MOST_SHAPES] = shape;
      return;
    }
    this.#met.unshift(fields.copy());
    this.#met.length = Math.min(this.#met.length, MOST_MET);
  }

  /** The shape of two lists with the same names; null where there is none, or no value is new that did not vary before. */
  #shapeWith(
    known: FieldList,
    varying: readonly number[],
    judged: KnownBlock,
    mostListBytes: number,
  ): BlockShape | null {
    const { fields } = judged;
    if (known.length !== fields.length) return null;
    const all: number[] = [];
    for (let at = 0; at < fields.length; at++) {
      if (known.names[at] !== fields.names[at]) return null;
      if (varying.includes(at) || known.valueAt(at) !== fields.valueAt(at)) all.push(at);
    }
    return all.length === varying.length ? null : BlockShape.of(judged, all, mostListBytes);
  }
}

const NONE: readonly number[] = [];

const MOST_SHAPES = 8;
const MOST_MET = 4;

/** So many blocks without a shape are learnt from, and then each so many: those of some clients have none. */
const EAGER = 256;
const SELDOM = 16;
