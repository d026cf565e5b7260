import { drawAt, streamKey } from '../../../core/random/rng.ts';

/**
 * Tokens `firstToken` up to `firstToken + count` of the answer to a request: simple sentences, about four bytes a token.
 * Pure: the same request has the same words, however its answer is divided into messages.
 */
export const textOf = (requestId: number, firstToken: number, count: number): string => {
  const key = (TEXT_KEY ^ Math.imul(requestId, 0x9e3779b1)) >>> 0;
  let text = '';
  for (let token = firstToken; token < firstToken + count; token++) text += wordAt(key, token);
  return text;
};

const TEXT_KEY = streamKey('text');

const wordAt = (key: number, token: number): string => {
  const words = SENTENCE[token % SENTENCE.length]!;
  const word = words[Math.floor(drawAt(key, token) * words.length)]!;
  return token === 0 ? word.trimStart() : word;
};

const nouns = ' sea, sky, ship, dish, port, mast, path, beam, moon, star, cable, node, queue, clock'.split(',');
const adjectives = ' far, low, red, old, calm, late, blue, dark, fast, long'.split(',');

/** The pattern of a sentence: each place is one token, drawn from its own list of words. */
const SENTENCE: readonly (readonly string[])[] = [
  ' The, One, Our, My, Each'.split(','),
  adjectives,
  nouns,
  ' can, may, will, must'.split(','),
  ' see, meet, find, pass, hear, keep, lead, wait for'.split(','),
  ' the, a, its, this'.split(','),
  nouns,
  ' by, near, in, on, over, under'.split(','),
  ' the, that, your, his'.split(','),
  adjectives,
  nouns,
  ['.'],
];
