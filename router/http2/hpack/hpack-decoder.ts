import { DynamicTable, ENTRY_OVERHEAD_BYTES } from './dynamic-table.ts';
import { huffmanDecode, huffmanDecodedAtMost } from './huffman.ts';
import { type KnownStrings, PLAIN_VALUE } from './known-strings.ts';
import { STATIC_ENTRIES, staticNames, staticValues } from './static-table.ts';

/**
 * Hears of each field of a block in order. Strings have one character a byte. A sensitive field must never be indexed. Its bytes in the
 * block end before `end`. `isPlain`: no rule for characters of names and values can be broken; false where that is not known.
 */
export type OnField = (name: string, value: string, isSensitive: boolean, end: number, isPlain: boolean) => void;

/**
 * What a block was. `too-large`: fields beyond the limits were left out, but the table is as the peer has it, so the connection can go
 * on. `malformed`: a COMPRESSION_ERROR of the connection (RFC 9113 4.3); nothing may be decoded after it.
 */
export type HpackOutcome =
  | { readonly kind: 'whole' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'malformed'; readonly reason: string };

export interface HpackDecoderLimits {
  /** The longest list of fields, counted as SETTINGS_MAX_HEADER_LIST_SIZE does: 32 more for each field. */
  readonly listBytes: number;
  readonly fields: number;
}

/**
 * Decodes the field blocks of one direction of a connection, in order (RFC 7541). It throws nothing, whatever it reads, and what it
 * holds is bounded by its table and the longest block.
 */
export class HpackDecoder {
  readonly #limits: HpackDecoderLimits;
  readonly #table = new DynamicTable(DEFAULT_TABLE_BYTES);
  /** What the table may have, by our own SETTINGS that the peer has acknowledged. */
  #tableLimit = DEFAULT_TABLE_BYTES;
  /** The smallest of the limits that the peer has yet to follow; infinite for none. */
  #mustReach = Number.POSITIVE_INFINITY;
  #scratch: Buffer = Buffer.alloc(256);
  #block: Buffer = this.#scratch;
  #at = 0;
  #end = 0;
  #reason: string | null = null;
  readonly #strings: KnownStrings | null;
  /** Whether the field that is being read has broken no rule for characters so far. */
  #isPlain = false;

  /** `strings` were met before; decoders may share them. */
  constructor(limits: HpackDecoderLimits, strings: KnownStrings | null = null) {
    this.#limits = limits;
    this.#strings = strings;
  }

  /**
   * The peer acknowledged our SETTINGS_HEADER_TABLE_SIZE. Below what it uses, its next block must begin with an update (RFC 7541 4.2).
   * Some peers send none and never use the table (nginx 1.22), so a block without one is taken as long as it names no entry of the table.
   */
  limitTable(bytes: number): void {
    this.#tableLimit = bytes;
    if (bytes < this.#table.maxBytes) this.#mustReach = Math.min(this.#mustReach, bytes);
  }

  /** Whether each block stands alone: the table can have no entry, so equal bytes are equal fields. */
  get isStateless(): boolean {
    return this.#tableLimit === 0 && this.#table.maxBytes === 0;
  }

  /** The bytes of its table now, as the standard counts them. */
  get tableBytes(): number {
    return this.#table.bytes;
  }

  /** Decodes a whole block: the fragments of HEADERS and its CONTINUATIONs, one after the other. */
  decode(block: Buffer, from: number, to: number, onField: OnField): HpackOutcome {
    this.#block = block;
    this.#at = from;
    this.#end = to;
    this.#reason = null;
    let fields = 0;
    let listBytes = 0;
    if (!this.#readUpdates()) return this.#malformed();
    if (this.#mustReach !== Number.POSITIVE_INFINITY) this.#table.resize(0); // what the peer has in its table is not known
    while (this.#at < to) {
      const first = block[this.#at]!;
      const kind = first & 0x80 ? INDEXED : first & 0x40 ? WITH_INDEXING : first & 0x20 ? UPDATE : first & 0x10;
      if (kind === UPDATE) {
        this.#reason = 'an update of the table size after a field';
        return this.#malformed();
      }
      const index = this.#integer(kind === INDEXED ? 0x7f : kind === WITH_INDEXING ? 0x3f : 0x0f);
      let name: string;
      let value: string;
      this.#isPlain = index <= STATIC_ENTRIES; // what others have sent to the table is not looked at again
      if (kind === INDEXED) {
        if (!this.#has(index)) return this.#malformed();
        name = this.#nameAt(index);
        value = this.#valueAt(index);
      } else {
        if (index < 0 || (index > 0 && !this.#has(index))) return this.#malformed();
        name = index === 0 ? this.#string(true, false) : this.#nameAt(index);
        if (this.#reason !== null) return this.#malformed();
        value = this.#string(false, kind === SENSITIVE);
        if (this.#reason !== null) return this.#malformed();
        if (kind === WITH_INDEXING && this.#mustReach === Number.POSITIVE_INFINITY) this.#table.add(name, value);
      }
      fields++;
      listBytes += name.length + value.length + ENTRY_OVERHEAD_BYTES;
      if (fields <= this.#limits.fields && listBytes <= this.#limits.listBytes)
        onField(name, value, kind === SENSITIVE, this.#at, this.#isPlain);
    }
    return fields > this.#limits.fields || listBytes > this.#limits.listBytes ? TOO_LARGE : WHOLE;
  }

  /** Updates of the table size, which only the begin of a block may have (RFC 7541 4.2). */
  #readUpdates(): boolean {
    while (this.#at < this.#end && (this.#block[this.#at]! & 0xe0) === 0x20) {
      const bytes = this.#integer(0x1f);
      if (bytes < 0) return false;
      if (bytes > this.#tableLimit) {
        this.#reason = `an update of the table size to ${bytes}, above the limit of ${this.#tableLimit}`;
        return false;
      }
      if (bytes <= this.#mustReach) this.#mustReach = Number.POSITIVE_INFINITY;
      this.#table.resize(bytes);
    }
    return true;
  }

  /** RFC 7541 5.1. Returns -1, with a reason, for one that does not end or is larger than anything here may be. */
  #integer(prefix: number): number {
    let value = this.#block[this.#at++]! & prefix;
    if (value < prefix) return value;
    for (let shift = 0; shift <= LAST_SHIFT; shift += 7) {
      if (this.#at >= this.#end) {
        this.#reason = 'an integer that goes on after the end of the block';
        return -1;
      }
      const byte = this.#block[this.#at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    this.#reason = 'an integer of more than five bytes';
    return -1;
  }

  /** RFC 7541 5.2. Empty, with a reason, for what is none. A secret is not remembered. */
  #string(isName: boolean, isSecret: boolean): string {
    if (this.#at >= this.#end) return this.#noString('a block that ends before a string');
    const isCoded = (this.#block[this.#at]! & 0x80) !== 0;
    const length = this.#integer(0x7f);
    if (length < 0) return '';
    const from = this.#at;
    if (length > this.#end - from) return this.#noString('a string that goes on after the end of the block');
    this.#at = from + length;
    const strings = isSecret ? null : this.#strings;
    const known = strings?.find(this.#block, from, this.#at, isCoded);
    if (known !== undefined) {
      this.#isPlain &&= isName ? known.isPlainName : known.isPlainValue;
      return known.text;
    }
    const text = isCoded ? this.#decoded(from) : this.#block.toString('latin1', from, this.#at);
    if (this.#reason !== null) return '';
    this.#isPlain &&= !isName && PLAIN_VALUE.test(text);
    strings?.met(this.#block, from, this.#at, isCoded, text);
    return text;
  }

  /** What the bytes from `from` on are in Huffman's code. */
  #decoded(from: number): string {
    const most = huffmanDecodedAtMost(this.#at - from);
    if (this.#scratch.length < most) this.#scratch = Buffer.alloc(most * 2);
    const decoded = huffmanDecode(this.#block, from, this.#at, this.#scratch);
    if (decoded >= 0) return this.#scratch.toString('latin1', 0, decoded);
    return this.#noString('a string that is not in Huffman’s code');
  }

  #noString(reason: string): string {
    this.#reason = reason;
    return '';
  }

  /** Whether there is an entry of that index: static ones first, then the newest of the dynamic ones (RFC 7541 2.3.3). */
  #has(index: number): boolean {
    if (index >= 1 && index <= STATIC_ENTRIES + this.#table.size) return true;
    this.#reason ??=
      this.#mustReach === Number.POSITIVE_INFINITY
        ? `the index ${index}, where no entry is`
        : `the index ${index}, and no update of the table size to ${this.#mustReach} or less, which our SETTINGS asked for`;
    return false;
  }

  #nameAt(index: number): string {
    return index <= STATIC_ENTRIES ? staticNames[index]! : this.#table.nameAt(index - STATIC_ENTRIES - 1);
  }

  #valueAt(index: number): string {
    return index <= STATIC_ENTRIES ? staticValues[index]! : this.#table.valueAt(index - STATIC_ENTRIES - 1);
  }

  #malformed(): HpackOutcome {
    return { kind: 'malformed', reason: this.#reason ?? 'a block that cannot be read' };
  }
}

/** What a table has until SETTINGS say otherwise. Source: RFC 9113 6.5.2. */
const DEFAULT_TABLE_BYTES = 4096;

/** Kinds of fields by their first bits: RFC 7541 6. */
const INDEXED = 0x80;
const WITH_INDEXING = 0x40;
const UPDATE = 0x20;
const SENSITIVE = 0x10;

/** Four bytes of seven bits after the prefix: nothing here is as large as 2^28. */
const LAST_SHIFT = 21;

const WHOLE: HpackOutcome = { kind: 'whole' };
const TOO_LARGE: HpackOutcome = { kind: 'too-large' };
