// Hot path: a block of a known shape is compared once, and only its own values are looked at. They are decoded when somebody asks.
import { FieldList } from './field-list.ts';
import { plainStringLength, stringEnd } from './hpack/string-in.ts';
import type { KnownBlock } from './known-block.ts';
import { isJudgedByValue } from './message-rules.ts';

/**
 * Blocks that differ in the values of some fields alone: the time-out of a call, its trace, its number. Whether such a block breaks a rule
 * does not depend on those values, as long as their characters are plain ones.
 */
export class BlockShape {
  /** What the block is that was matched last. Its fields hold until the next one. */
  readonly known: KnownBlock;
  /** Fields whose values differ, ascending. */
  readonly varying: readonly number[];
  /** The bytes that all have, with zeros where values are; where each value begins and ends there, and all fields end. */
  readonly #bytes: Buffer;
  readonly #valueFrom: readonly number[];
  readonly #valueTo: readonly number[];
  readonly #ends: readonly number[];
  /** The size of the list without those values, and the most that all may have. */
  readonly #listBytes: number;
  readonly #mostListBytes: number;

  private constructor(
    judged: KnownBlock,
    varying: readonly number[],
    valueFrom: readonly number[],
    mostListBytes: number,
  ) {
    const { fields } = judged;
    const { blockFrom, blockTo } = fields;
    this.varying = varying;
    this.#bytes = Buffer.from(fields.block!.subarray(blockFrom, blockTo));
    this.#ends = Array.from({ length: fields.length }, (_, at) => fields.ends[at]! - blockFrom);
    this.#valueFrom = valueFrom.map((from) => from - blockFrom);
    this.#valueTo = varying.map((at) => this.#ends[at]!);
    this.#mostListBytes = mostListBytes;
    const own = new FieldList();
    let listBytes = 0;
    for (let at = 0; at < fields.length; at++) {
      const isOwn = varying.includes(at);
      own.add(fields.names[at]!, isOwn ? '' : fields.valueAt(at), false, 0, isOwn || fields.plain[at]!);
      listBytes += fields.names[at]!.length + (isOwn ? 0 : fields.lengthAt(at)) + 32;
    }
    own.isOfOneShape = true;
    for (const [index, from] of this.#valueFrom.entries()) this.#bytes.fill(0, from, this.#valueTo[index]);
    this.#listBytes = listBytes;
    this.known = { ...judged, fields: own };
  }

  /**
   * The shape of lists like this one, whose bytes it has, with other values in those fields; null where they decide about rules, or are
   * not written as strings of their own.
   */
  static of(judged: KnownBlock, varying: readonly number[], mostListBytes: number): BlockShape | null {
    const { fields } = judged;
    if (varying.length === 0 || varying.some((at) => isJudgedByValue(fields.names[at]!))) return null;
    const valueFrom = varying.map((at) => valueFromOf(fields.block!, fields.beginOf(at), fields.ends[at]!));
    return valueFrom.includes(-1) ? null : new BlockShape(judged, varying, valueFrom, mostListBytes);
  }

  /** Whether the block from `from` to `to` has this shape; then `known` tells of it. */
  match(block: Buffer, from: number, to: number): boolean {
    const bytes = this.#bytes;
    const { fields } = this.known;
    const ends = this.#ends;
    let listBytes = this.#listBytes;
    let at = from;
    let shapeAt = 0;
    let field = 0;
    for (let index = 0; index < this.varying.length; index++) {
      const shift = at - shapeAt;
      const valueAt = this.#valueFrom[index]! + shift;
      if (valueAt >= to || !isSame(bytes, shapeAt, this.#valueFrom[index]!, block, at)) return false;
      const length = plainStringLength(block, valueAt, to);
      if (length < 0) return false;
      listBytes += length;
      const own = this.varying[index]!;
      for (; field < own; field++) fields.ends[field] = ends[field]! + shift;
      at = stringEnd(block, valueAt);
      fields.ends[field++] = at;
      fields.setLate(own, valueAt, length);
      shapeAt = this.#valueTo[index]!;
    }
    const shift = at - shapeAt;
    if (bytes.length + shift !== to || !isSame(bytes, shapeAt, bytes.length, block, at)) return false;
    for (; field < fields.length; field++) fields.ends[field] = ends[field]! + shift;
    fields.block = block;
    fields.blockFrom = from;
    fields.blockTo = to;
    return listBytes <= this.#mostListBytes;
  }
}

/** Whether the bytes from `at` to `end` are those of `block` from `blockAt`. */
const isSame = (bytes: Buffer, at: number, end: number, block: Buffer, blockAt: number): boolean => {
  const shift = blockAt - at;
  for (let index = at; index < end; index++) if (bytes[index] !== block[index + shift]) return false;
  return true;
};

/** Where the value of a literal field begins, with its length; -1 for a field that is an entry of a table, or has a long name. */
const valueFromOf = (block: Buffer, begin: number, end: number): number => {
  const first = block[begin]!;
  if ((first & 0x80) !== 0) return -1;
  const prefix = (first & 0x40) !== 0 ? 0x3f : 0x0f;
  let at = begin + 1;
  if ((first & prefix) === 0) at = stringEnd(block, at);
  else if ((first & prefix) === prefix) at++; // no index of the static table needs more than one byte behind the prefix
  return at >= 0 && at < end && stringEnd(block, at) === end ? at : -1;
};
