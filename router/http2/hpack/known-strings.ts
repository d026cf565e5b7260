// Hot path: a string that was met before costs its hash and a comparison; one that never comes again costs no more than that.
import { hashOfBytes } from './bytes-hash.ts';

/** A string of a field block, decoded. */
export interface KnownString {
  readonly text: string;
  /** Whether it may be a name, or a value, as far as characters go: by a rule that is stricter than HTTP/2's. */
  readonly isPlainName: boolean;
  readonly isPlainValue: boolean;
}

/**
 * Strings of field blocks by their bytes, as they are encoded: the most of a block is names and values that the block before had, too.
 * A string is kept when it comes for the second time, in the place of another one. What a string means does not depend on a table, so
 * decoders may share them. Whoever asks leaves secrets out.
 */
export class KnownStrings {
  readonly #kept: (Kept | undefined)[] = new Array(PLACES).fill(undefined);
  readonly #seen = new Int32Array(PLACES);
  /** The hash of the string that was asked for last. */
  #asked = 0;

  find(block: Buffer, from: number, to: number, isCoded: boolean): KnownString | undefined {
    if (to - from > LONGEST_BYTES) return undefined;
    const hash = hashOfBytes(block, from, to) ^ (isCoded ? 1 : 0);
    this.#asked = hash;
    const kept = this.#kept[hash & (PLACES - 1)];
    return kept !== undefined && kept.hash === hash && kept.isCoded === isCoded && isSame(kept.bytes, block, from, to)
      ? kept.known
      : undefined;
  }

  /** Keeps the string that `find` was asked for last, if it has come before. */
  met(block: Buffer, from: number, to: number, isCoded: boolean, text: string): void {
    if (to - from > LONGEST_BYTES) return;
    const hash = this.#asked;
    const place = hash & (PLACES - 1);
    if (this.#seen[place] !== hash) {
      this.#seen[place] = hash;
      return;
    }
    const known = { text, isPlainName: PLAIN_NAME.test(text), isPlainValue: PLAIN_VALUE.test(text) };
    this.#kept[place] = { hash, isCoded, bytes: Buffer.from(block.subarray(from, to)), known };
  }
}

interface Kept {
  readonly hash: number;
  readonly isCoded: boolean;
  readonly bytes: Buffer;
  readonly known: KnownString;
}

const isSame = (kept: Buffer, block: Buffer, from: number, to: number): boolean => {
  if (kept.length !== to - from) return false;
  for (let at = 0; at < kept.length; at++) if (kept[at] !== block[from + at]) return false;
  return true;
};

/** A token in lower case. */
const PLAIN_NAME = /^[a-z0-9_.-]+$/;

/** Visible ASCII and inner spaces. */
export const PLAIN_VALUE: RegExp = /^(?:[!-~](?:[ -~]*[!-~])?)?$/;

/** About what a router meets at a time, and at most half a megabyte. */
const PLACES = 2048;
const LONGEST_BYTES = 200;
