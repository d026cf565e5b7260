/** A random stream. Draws depend only on the seed and the stream's name, so a new stream does not change the others. */
export interface Rng {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** A whole number in [0, bound); `bound` is at most 2^32. */
  below(bound: number): number;
}

/** Opens the stream of that name. The same name gives the same draws again. */
export type RngSource = (stream: string) => Rng;

/** The streams of one seed. */
export const seededRng =
  (seed: number | string): RngSource =>
  (stream) =>
    new Sfc32(`${seed}/${stream}`);

/** One draw, uniform in [0, 1), for (stream, index): random without state, in any order. */
export const drawAt = (streamKey: number, index: number): number => mix(streamKey ^ mix(index | 0)) / 2 ** 32;

/** The key of a stream for `drawAt`. FNV-1a, 32 bits. Source: Fowler, Noll, Vo, 1991. */
export const streamKey = (name: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return mix(hash);
};

/** A 32-bit finaliser: each input bit affects every output bit. Source: MurmurHash3, public domain. */
const mix = (value: number): number => {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** Small Fast Counter, 32 bits: passes PractRand, and every seed is good. Source: C. Doty-Humphrey, 2010, public domain. */
class Sfc32 implements Rng {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(name: string) {
    this.#a = streamKey(`${name}#a`);
    this.#b = streamKey(`${name}#b`);
    this.#c = streamKey(`${name}#c`);
    for (let warmUp = 0; warmUp < 12; warmUp++) this.#step();
  }

  next(): number {
    return (this.#step() >>> 0) / 2 ** 32;
  }

  below(bound: number): number {
    return (((this.#step() >>> 0) / 2 ** 32) * bound) >>> 0; // as Math.floor
  }

  /** 32 bits as a small integer: a function that returns another number may allocate it. */
  #step(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }
}
