import { blockHashes, type PrefixPart } from '../../../workload/prefix.ts';
import { BLOCK_TOKENS } from './kv-cache.ts';

/** A hash for each full block of the KV cache that a prefix takes, of at most its first `mostTokens`; see `blockHashes`. */
export const prefixHashes = (parts: readonly PrefixPart[], mostTokens: number): Float64Array =>
  blockHashes(parts, { blockTokens: BLOCK_TOKENS, mostTokens });
