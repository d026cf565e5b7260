/**
 * A piece of a prompt that other requests may share: the first `tokens` tokens of the text that `key` names. A list of
 * pieces is the prefix of a prompt; the tokens after it belong to this request only. The last piece may continue into the
 * answer, as in a conversation, where the next prompt repeats the answer.
 */
export interface PrefixPart {
  readonly key: string;
  readonly tokens: number;
}

/** The prefix of a prompt that shares nothing. */
export const NOTHING_SHARED: readonly PrefixPart[] = [];

/** The hashes of such a prompt. */
export const NO_HASHES = new Float64Array(0);

/**
 * A hash above 0 for each full block of a prefix, of at most its first `mostTokens`. Two hashes are equal when all tokens up to
 * the end of the block are equal. Two different prefixes of a million blocks have an equal hash with a probability of about 1e-4.
 */
export const blockHashes = (
  parts: readonly PrefixPart[],
  { blockTokens, mostTokens }: { readonly blockTokens: number; readonly mostTokens: number },
): Float64Array => {
  if (parts.length === 0) return NO_HASHES;
  const given = parts.reduce((sum, { tokens }) => sum + tokens, 0);
  const hashes = new Float64Array(Math.floor(Math.min(given, mostTokens) / blockTokens));
  const chain = new Chain();
  let part = 0;
  let offset = 0; // within the piece
  let key = chain.keyOf(parts[0]?.key ?? '');
  for (let block = 0; block < hashes.length; block++) {
    for (let left = blockTokens; left > 0; ) {
      while (offset === parts[part]!.tokens) {
        key = chain.keyOf(parts[++part]!.key);
        offset = 0;
      }
      const taken = Math.min(left, parts[part]!.tokens - offset);
      chain.add(key);
      chain.add(offset);
      chain.add(taken);
      offset += taken;
      left -= taken;
    }
    hashes[block] = chain.value();
  }
  return hashes;
};

/** Two chained 32-bit hashes, read as one hash of 53 bits. Source: FNV-1a and the finaliser of MurmurHash3. */
class Chain {
  #low = 0x811c9dc5;
  #high = 0x2545f491;

  add(value: number): void {
    this.#low = mixed(Math.imul(this.#low ^ value, 0x01000193));
    this.#high = mixed(Math.imul(this.#high ^ value, 0x85ebca6b) + 0x9e3779b9);
  }

  value(): number {
    return (this.#high & 0x1fffff) * 2 ** 32 + (this.#low >>> 0) + 1;
  }

  keyOf(text: string): number {
    let hash = 0x811c9dc5;
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    return mixed(hash);
  }
}

const mixed = (value: number): number => {
  const hash = Math.imul(value ^ (value >>> 16), 0xc2b2ae35);
  return hash ^ (hash >>> 15);
};
