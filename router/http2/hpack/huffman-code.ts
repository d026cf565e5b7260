/**
 * Huffman's code of HPACK, as the symbols of each length of code: bytes and ranges of bytes in hexadecimal, and 100 for the end of a
 * string, which is never written. The code is canonical: within a length codes rise with symbols, and lengths follow each other.
 * Source: RFC 7541 appendix B.
 */
const SYMBOLS_BY_LENGTH: readonly (readonly [bits: number, symbols: string])[] = [
  [5, '30-32 61 63 65 69 6f 73-74'],
  [6, '20 25 2d-2f 33-39 3d 41 5f 62 64 66-68 6c-6e 70 72 75'],
  [7, '3a 42-57 59 6a-6b 71 76-7a'],
  [8, '26 2a 2c 3b 58 5a'],
  [10, '21-22 28-29 3f'],
  [11, '27 2b 7c'],
  [12, '23 3e'],
  [13, '0 24 40 5b 5d 7e'],
  [14, '5e 7d'],
  [15, '3c 60 7b'],
  [19, '5c c3 d0'],
  [20, '80 82-83 a2 b8 c2 e0 e2'],
  [21, '99 a1 a7 ac b0-b1 b3 d1 d8-d9 e3 e5-e6'],
  [22, '81 84-86 88 92 9a 9c a0 a3-a4 a9-aa ad b2 b5 b9-bb bd-be c4 c6 e4 e8-e9'],
  [23, '1 87 89-8d 8f 93 95-98 9b 9d-9e a5-a6 a8 ae-af b4 b6-b7 bc bf c5 e7 ef'],
  [24, '9 8e 90-91 94 9f ab ce d7 e1 ec-ed'],
  [25, 'c7 cf ea-eb'],
  [26, 'c0-c1 c8-ca cd d2 d5 da-db ee f0 f2-f3 ff'],
  [27, 'cb-cc d3-d4 d6 dd-df f1 f4-f8 fa-fe'],
  [28, '2-8 b-c e-15 17-1f 7f dc f9'],
  [30, 'a d 16 100'],
];

/** The symbol that ends a string; its first bits pad the last byte of one. */
export const END_OF_STRING = 256;

/** By symbol: the bits of its code, right-aligned, and how many they are. */
export const huffmanCode: { readonly bits: Uint32Array; readonly lengths: Uint8Array } = (() => {
  const bits = new Uint32Array(END_OF_STRING + 1);
  const lengths = new Uint8Array(END_OF_STRING + 1);
  let next = 0;
  let before = 0;
  for (const [length, symbols] of SYMBOLS_BY_LENGTH) {
    next *= 2 ** (length - before);
    before = length;
    for (const range of symbols.split(' ')) {
      const [first = '', last = first] = range.split('-');
      for (let symbol = Number.parseInt(first, 16); symbol <= Number.parseInt(last, 16); symbol++) {
        bits[symbol] = next++;
        lengths[symbol] = length;
      }
    }
  }
  return { bits, lengths };
})();
