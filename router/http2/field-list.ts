import { stringIn } from './hpack/string-in.ts';

/** The fields of one block in order, in arrays that are used again for the next block. Strings have one character a byte. */
export class FieldList {
  readonly names: string[] = [];
  readonly sensitive: boolean[] = [];
  /** Whether names and values are known to have no character that HTTP/2 forbids. */
  readonly plain: boolean[] = [];
  /** Where in `block` each of them ends; it begins where the one before ends. */
  readonly ends: number[] = [];
  length = 0;
  /**
   * The bytes that they were decoded from, where those mean the same to every decoder, of whatever connection; else null. They hold as
   * long as the fields.
   */
  block: Buffer | null = null;
  blockFrom = 0;
  blockTo = 0;
  /** Whether it stays as it is: it is not used again for another block. */
  isLasting = false;
  /** Whether it is used again only for fields of the same names, where each may be sent on or not as the one before. */
  isOfOneShape = false;
  /** Undefined for one that is not decoded yet. */
  readonly #values: (string | undefined)[] = [];
  /** Of those that are not decoded yet: where in `block` the string begins, and how long it will be. */
  readonly #lateFrom: number[] = [];
  readonly #lateLengths: number[] = [];
  /** Where names are; made for names that stay. */
  #places: Map<string, number> | null = null;

  clear(): void {
    this.length = 0;
    this.block = null;
  }

  /** The same fields in arrays of their own, which stay; itself where it does already. */
  copy(): FieldList {
    if (this.isLasting) return this;
    const copy = new FieldList();
    for (let at = 0; at < this.length; at++)
      copy.add(this.names[at]!, this.valueAt(at), this.sensitive[at]!, 0, this.plain[at]!);
    copy.isLasting = true;
    return copy;
  }

  /** Whether the first field, and so maybe others, is a pseudo-header field. */
  get hasPseudo(): boolean {
    return this.length > 0 && this.names[0]!.startsWith(':');
  }

  /** Whether any field must never be indexed. */
  get hasSensitive(): boolean {
    for (let at = 0; at < this.length; at++) if (this.sensitive[at] === true) return true;
    return false;
  }

  readonly add = (name: string, value: string, isSensitive: boolean, end = 0, isPlain = false): void => {
    const at = this.length++;
    this.names[at] = name;
    this.#values[at] = value;
    this.sensitive[at] = isSensitive;
    this.ends[at] = end;
    this.plain[at] = isPlain;
  };

  /** Gives a field another value: the string that begins at `from` in `block`, of so many characters, decoded when it is asked for. */
  setLate(at: number, from: number, length: number): void {
    this.#values[at] = undefined;
    this.#lateFrom[at] = from;
    this.#lateLengths[at] = length;
  }

  valueAt(at: number): string {
    const value = this.#values[at];
    if (value !== undefined) return value;
    const decoded = stringIn(this.block!, this.#lateFrom[at]!, this.ends[at]!);
    this.#values[at] = decoded;
    return decoded;
  }

  /** How many characters a value has. */
  lengthAt(at: number): number {
    return this.#values[at]?.length ?? this.#lateLengths[at]!;
  }

  /** The place of the first field of that name, or -1. */
  at(name: string): number {
    if (this.isLasting || this.isOfOneShape) {
      this.#places ??= this.#newPlaces();
      return this.#places.get(name) ?? -1;
    }
    for (let at = 0; at < this.length; at++) if (this.names[at] === name) return at;
    return -1;
  }

  /** Where in `block` a field begins. */
  beginOf(at: number): number {
    return at === 0 ? this.blockFrom : this.ends[at - 1]!;
  }

  /** The value of the first field of that name; undefined where there is none. */
  value(name: string): string | undefined {
    const at = this.at(name);
    return at < 0 ? undefined : this.valueAt(at);
  }

  #newPlaces(): Map<string, number> {
    const places = new Map<string, number>();
    // Names of objects' properties are one string each in V8, so that `get` compares no characters.
    for (let at = this.length - 1; at >= 0; at--) places.set(Object.keys({ [this.names[at]!]: 0 })[0]!, at);
    return places;
  }
}
