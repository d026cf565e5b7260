import { BlockShapes } from './block-shapes.ts';
import { DecodedBlocks } from './hpack/decoded-blocks.ts';
import { KnownStrings } from './hpack/known-strings.ts';
import type { KnownBlock } from './known-block.ts';

/** Blocks that connections have met, which they may share: what a block means depends on its bytes alone. */
export class KnownBlocks extends DecodedBlocks<KnownBlock> {
  /** Of blocks in which some values are new. */
  readonly shapes = new BlockShapes();
  /** Of other blocks. */
  readonly strings = new KnownStrings();
}

/** Keeps blocks until they have so many bytes, decoded ones included. */
export const newKnownBlocks = (maxBytes: number): KnownBlocks => new KnownBlocks(maxBytes);
