import { blockHashes, NO_HASHES, type PrefixPart } from './prefix.ts';

/**
 * The header that tells a router which prompts begin alike: a chained hash for each full block of `ROUTED_BLOCK_TOKENS` tokens, eight
 * bytes each, little-endian. Two hashes are equal when all tokens up to the end of the block are equal.
 */
export const PREFIX_HEADER = 'x-prefix-bin';

/** Tokens in a block that routers see. Source: the blocks of the Mooncake traces, which publish one hash for each 512 tokens. */
export const ROUTED_BLOCK_TOKENS = 512;

/**
 * At most so many blocks are told, 32,768 tokens: 684 characters of base64. Nodes and proxies limit headers to 8 or 16 KiB in all.
 */
export const MOST_ROUTED_BLOCKS = 64;

const HASH_BYTES = 8;

/** The hashes of a prompt of `promptTokens` tokens that a router may see; none where it shares nothing. */
export const routedHashes = (prefix: readonly PrefixPart[], promptTokens: number): Float64Array =>
  blockHashes(prefix, {
    blockTokens: ROUTED_BLOCK_TOKENS,
    mostTokens: Math.min(promptTokens, ROUTED_BLOCK_TOKENS * MOST_ROUTED_BLOCKS),
  });

/** How many hashes those are. */
export const routedBlocks = (prefix: readonly PrefixPart[], promptTokens: number): number => {
  const given = prefix.reduce((sum, { tokens }) => sum + tokens, 0);
  return Math.min(MOST_ROUTED_BLOCKS, Math.floor(Math.min(given, promptTokens) / ROUTED_BLOCK_TOKENS));
};

/** The bytes of the header. A hash is a whole number of at most 53 bits. */
export const prefixHeaderBytes = (hashes: Float64Array): Buffer => {
  const bytes = Buffer.alloc(hashes.length * HASH_BYTES);
  for (const [index, hash] of hashes.entries()) bytes.writeBigUInt64LE(BigInt(hash), index * HASH_BYTES);
  return bytes;
};

/**
 * The hashes in a header, at most `MOST_ROUTED_BLOCKS` of them; none where it is missing or not whole. Of a hash with more than 53
 * bits, as other programs may send, the low 53 count.
 */
export const hashesInHeader = (base64: string | undefined): Float64Array => {
  if (base64 === undefined) return NO_HASHES;
  const bytes = Buffer.from(base64.slice(0, MOST_CHARACTERS), 'base64');
  if (bytes.length === 0 || bytes.length % HASH_BYTES !== 0) return NO_HASHES;
  const hashes = new Float64Array(bytes.length / HASH_BYTES);
  for (let index = 0; index < hashes.length; index++) {
    const at = index * HASH_BYTES;
    hashes[index] = (bytes.readUInt32LE(at + 4) & 0x1fffff) * 2 ** 32 + bytes.readUInt32LE(at);
  }
  return hashes;
};

/** Of so many blocks, without padding: 512 bytes are 683 characters, the last of them half used. */
const MOST_CHARACTERS = Math.ceil((MOST_ROUTED_BLOCKS * HASH_BYTES * 4) / 3);
