import { z } from 'zod';
import type { Rng } from '../../core/random/rng.ts';
import { amountSchema, drawAmount, drawCount } from '../amount.ts';
import { classKeys, type WorkloadKind } from './workload-kind.ts';

/**
 * Questions about documents that were found for them: instructions, a few documents, and the question behind. Some documents are asked
 * about more often than others, by Zipf's law: the one of rank k with a weight of k^-`skew`.
 *
 * A prefix is shared as far as two prompts begin alike, so documents count in their order: prompts share the first only if it is the
 * same, and the second only if both are. The order is that of popularity, as a system that wants to share would have it.
 *
 * Source: RAGCache (arXiv 2404.12457) found that 3 % of the documents get 60 % of the requests; a skew of 1.1 over 1,000 documents gives
 * that. Lengths are assumed.
 */
const schema = z.strictObject({
  kind: z.literal('rag'),
  ...classKeys,
  systemTokens: z.int().min(0).max(1e6).default(300).describe('Tokens that all prompts begin with.'),
  corpusDocuments: z.int().positive().max(1e6).default(1000).describe('Documents that there are.'),
  documents: amountSchema('Documents in a prompt.', { min: 1, max: 1000 }).prefault(2),
  documentTokens: z.int().positive().max(1e6).default(2000).describe('Tokens of a document.'),
  skew: z.number().min(0).max(5).default(1.1).describe('0: all documents alike; more: a few have most requests.'),
  questionTokens: amountSchema('Tokens of a question.', { min: 1, max: 1e6 }).prefault({ mean: 100, cv: 0.5 }),
  outputTokens: amountSchema('Tokens of an answer.', { min: 1, max: 1e6 }).prefault({ mean: 200, cv: 0.7 }),
  thinkS: amountSchema('Seconds from the end of an answer to the next question of a user.', {
    min: 0,
    max: 86_400,
  }).prefault({ mean: 20, cv: 1 }),
});

export const rag: WorkloadKind<typeof schema> = {
  schema,
  order: 'alone',
  session(config, { rng, className, maxOutputTokens }) {
    const { corpusDocuments, skew, systemTokens, documentTokens } = config;
    const ranks = drawnRanks(rng, {
      count: Math.min(drawCount(config.documents, rng), corpusDocuments),
      weights: cumulativeWeights(corpusDocuments, skew),
    });
    const parts = ranks.map((rank) => ({ key: `${className} document ${rank}`, tokens: documentTokens }));
    const prefix = systemTokens === 0 ? parts : [{ key: `${className} system`, tokens: systemTokens }, ...parts];
    const shared = systemTokens + parts.length * documentTokens;
    return [
      {
        pauseMs: 1000 * drawAmount(config.thinkS, rng),
        promptTokens: shared + drawCount(config.questionTokens, rng),
        outputTokens: Math.min(drawCount(config.outputTokens, rng), maxOutputTokens),
        prefix,
      },
    ];
  },
};

/** Sums of the weights of the documents up to each rank. The last ones asked for are kept: a class asks for the same each time. */
export const cumulativeWeights = (documents: number, skew: number): Float64Array => {
  const key = `${documents}/${skew}`;
  const kept = weightsBy.get(key);
  if (kept !== undefined) return kept;
  const sums = new Float64Array(documents);
  let sum = 0;
  for (let rank = 1; rank <= documents; rank++) {
    sum += rank ** -skew;
    sums[rank - 1] = sum;
  }
  if (weightsBy.size >= MOST_KEPT) weightsBy.clear();
  weightsBy.set(key, sums);
  return sums;
};

const weightsBy = new Map<string, Float64Array>();
const MOST_KEPT = 16;

/** `count` different documents, by weight, in the order of their ranks. */
const drawnRanks = (
  rng: Rng,
  { count, weights }: { readonly count: number; readonly weights: Float64Array },
): readonly number[] => {
  const ranks = new Set<number>();
  while (ranks.size < count) {
    let rank = rankAt(weights, rng.next() * weights.at(-1)!);
    while (ranks.has(rank)) rank = (rank + 1) % weights.length; // one that is taken already: the next in rank
    ranks.add(rank);
  }
  return [...ranks].sort((a, b) => a - b);
};

const rankAt = (sums: Float64Array, at: number): number => {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
};
