/** The fields of one block in order, in arrays that are used again for the next block. Strings have one character a byte. */
export class FieldList {
  readonly names: string[] = [];
  readonly values: string[] = [];
  readonly sensitive: boolean[] = [];
  length = 0;

  clear(): void {
    this.length = 0;
  }

  readonly add = (name: string, value: string, isSensitive: boolean): void => {
    const at = this.length++;
    this.names[at] = name;
    this.values[at] = value;
    this.sensitive[at] = isSensitive;
  };

  /** The value of the first field of that name; undefined where there is none. */
  value(name: string): string | undefined {
    for (let at = 0; at < this.length; at++) if (this.names[at] === name) return this.values[at];
    return undefined;
  }
}
