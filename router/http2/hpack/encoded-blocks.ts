import { Generations } from './generations.ts';
import { encodeFields, type HeaderField } from './hpack-encoder.ts';

/** Blocks of lists that are sent again and again, encoded once. A list with a sensitive field is not kept. */
export class EncodedBlocks {
  readonly #blocks: Generations<string, Buffer>;

  /** `maxBytes` bounds blocks and lists together. */
  constructor(maxBytes: number) {
    this.#blocks = new Generations(maxBytes);
  }

  /** The block of a list. It may be shared: it must not be written to. */
  of(fields: readonly HeaderField[]): Buffer {
    let key = '';
    for (const { name, value, isSensitive = false } of fields) {
      if (isSensitive) return encodeFields(fields);
      key += `${name}\0${value}\0`; // no name and no value has a zero (RFC 9113 8.2.1)
    }
    const known = this.#blocks.find(key);
    if (known !== undefined) return known;
    const block = encodeFields(fields);
    this.#blocks.keep(key, block, key.length + block.length);
    return block;
  }

  get bytes(): number {
    return this.#blocks.bytes;
  }
}
