import { END_OF_STRING, huffmanCode } from './huffman-code.ts';

/*
 * Hot path: eight bits at a time through a table of 256 states. A state is an inner node of the tree of codes, that is, the bits of a
 * code that have come so far. Few states are met, so a row is filled when it is first needed, from steps of four bits.
 */

/** For each state and the next four bits: the next state, whether a symbol is complete, and which. */
const STEPS = new Uint32Array(256 * 16);
const HAS_SYMBOL = 0x1_00;
const IS_WRONG = 0x2_00;
const STATE_SHIFT = 16;

/**
 * For each state and the next byte: up to two symbols, how many they are, whether one is beyond visible ASCII and the space, and the next
 * state; 0 where the row is not filled.
 */
const BYTE_STEPS = new Int32Array(256 * 256);
const SECOND_SHIFT = 8;
const COUNT_SHIFT = 16;
const IS_WRONG_BYTE = 1 << 18;
const IS_ODD = 1 << 19;
const NEXT_SHIFT = 20;

/** 1 where a string may end in a state: after whole symbols, and at most 7 bits that begin the code for its end (RFC 7541 5.2). */
const MAY_END = new Uint8Array(256);

(() => {
  /** The inner nodes: by node and bit the next node, or -1 - symbol. */
  const children: [number, number][] = [[0, 0]];
  for (let symbol = 0; symbol <= END_OF_STRING; symbol++) {
    const length = huffmanCode.lengths[symbol]!;
    let node = 0;
    for (let at = length - 1; at >= 0; at--) {
      const bit = ((huffmanCode.bits[symbol]! >>> at) & 1) as 0 | 1;
      if (at === 0) children[node]![bit] = -1 - symbol;
      else if (children[node]![bit] === 0) {
        children[node]![bit] = children.length;
        children.push([0, 0]);
      }
      if (at > 0) node = children[node]![bit];
    }
  }
  for (const [state, _] of children.entries()) {
    for (let nibble = 0; nibble < 16; nibble++) {
      let node = state;
      let step = 0;
      for (let at = 3; at >= 0; at--) {
        node = children[node]![((nibble >> at) & 1) as 0 | 1];
        if (node >= 0) continue;
        const symbol = -1 - node;
        step |= symbol === END_OF_STRING ? IS_WRONG : HAS_SYMBOL | symbol;
        node = 0;
      }
      STEPS[state * 16 + nibble] = step | (node << STATE_SHIFT);
    }
  }
  MAY_END[0] = 1;
  for (let ones = 1, node = 0; ones <= 7; ones++) {
    node = children[node]![1];
    MAY_END[node] = 1;
  }
})();

const fillRow = (state: number): void => {
  for (let byte = 0; byte < 256; byte++) {
    const high = STEPS[state * 16 + (byte >> 4)]!;
    const low = STEPS[(high >>> STATE_SHIFT) * 16 + (byte & 15)]!;
    let count = 0;
    let symbols = 0;
    let marks = ((high | low) & IS_WRONG) === 0 ? 0 : IS_WRONG_BYTE;
    for (const step of [high, low]) {
      if ((step & HAS_SYMBOL) === 0) continue;
      const symbol = step & 0xff;
      if (symbol < 0x20 || symbol > 0x7e) marks |= IS_ODD;
      symbols |= symbol << (SECOND_SHIFT * count++);
    }
    BYTE_STEPS[state * 256 + byte] = symbols | (count << COUNT_SHIFT) | marks | ((low >>> STATE_SHIFT) << NEXT_SHIFT);
  }
};

/** The most bytes that are written for `length` bytes: the shortest codes have five bits, and one more is written than there are. */
export const huffmanDecodedAtMost = (length: number): number => Math.floor((length * 8) / 5) + 2;

/**
 * Decodes a string into `into`, which must have room for `huffmanDecodedAtMost` bytes. Returns how many there are, or -1 for what is no
 * string: the code for the end in it, a padding of more than 7 bits, or one that is not the begin of that code (RFC 7541 5.2).
 */
export const huffmanDecode = (bytes: Uint8Array, from: number, to: number, into: Uint8Array): number =>
  walk(bytes, from, to, into) >> 1;

/** As `huffmanDecode`, and -1 for a string with a character beyond visible ASCII and the space. */
export const huffmanDecodePlain = (bytes: Uint8Array, from: number, to: number, into: Uint8Array): number => {
  const walked = walk(bytes, from, to, into);
  return (walked & 1) === 0 ? walked >> 1 : -1;
};

/** Twice the number of bytes, and one more where any is beyond visible ASCII and the space; -1 for what is no string. */
const walk = (bytes: Uint8Array, from: number, to: number, into: Uint8Array): number => {
  let state = 0;
  let written = 0;
  let marks = 0;
  for (let at = from; at < to; at++) {
    const place = state * 256 + bytes[at]!;
    let step = BYTE_STEPS[place]!;
    if (step === 0) {
      fillRow(state);
      step = BYTE_STEPS[place]!;
    }
    marks |= step;
    into[written] = step;
    into[written + 1] = step >> SECOND_SHIFT;
    written += (step >> COUNT_SHIFT) & 3;
    state = step >>> NEXT_SHIFT;
  }
  if ((marks & IS_WRONG_BYTE) !== 0 || MAY_END[state] !== 1) return -1;
  return 2 * written + ((marks & IS_ODD) === 0 ? 0 : 1);
};

/** How many bytes a string of bytes (Latin-1) has once it is coded. */
export const huffmanEncodedBytes = (text: string): number => {
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits += huffmanCode.lengths[text.charCodeAt(at) & 0xff]!;
  return (bits + 7) >> 3;
};

/** Codes a string of bytes (Latin-1) into `into` from `at`. Returns where it ends. */
export const huffmanEncode = (text: string, into: Uint8Array, at: number): number => {
  let end = at;
  let pending = 0;
  let pendingBits = 0;
  for (let index = 0; index < text.length; index++) {
    const symbol = text.charCodeAt(index) & 0xff;
    let left = huffmanCode.lengths[symbol]!;
    const code = huffmanCode.bits[symbol]!;
    // A code and the pending bits together may not fit in 32 bits.
    while (left > 0) {
      const taken = Math.min(left, 8 - pendingBits);
      left -= taken;
      pending = (pending << taken) | ((code >>> left) & ((1 << taken) - 1));
      pendingBits += taken;
      if (pendingBits < 8) continue;
      into[end++] = pending;
      pending = 0;
      pendingBits = 0;
    }
  }
  if (pendingBits > 0) into[end++] = (pending << (8 - pendingBits)) | (0xff >> pendingBits);
  return end;
};
