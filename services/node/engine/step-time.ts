import type { Ms } from '../../../core/time/clock.ts';

/** What one forward pass computes. */
export interface Batch {
  /** Computed tokens: one for each decoding sequence, a chunk for each prefill. */
  readonly tokens: number;
  /** Sum of the contexts, in tokens, that the decoding sequences attend to. */
  readonly contextTokens: number;
  /** The longest of these contexts. */
  readonly longestContext: number;
  /** Sum over the prefill chunks of chunk * (context before + chunk / 2). */
  readonly attentionPairs: number;
  /** Sequences with at least one token. */
  readonly sequences: number;
  /** Those of them that compute a prefill chunk. */
  readonly prefills: number;
  /** Tokens of the longest prefill chunk; 0 when all sequences decode. */
  readonly longestChunk: number;
  /** Computed tokens of all replicas whose experts work together; `tokens` where there is one replica. */
  readonly groupTokens: number;
  /** The batch of each replica, where several step together; this batch is then their sum. */
  readonly replicas?: readonly Batch[];
}

/** Nothing computed: what a batch is made from. */
export const EMPTY_BATCH: Batch = Object.freeze({
  tokens: 0,
  contextTokens: 0,
  longestContext: 0,
  attentionPairs: 0,
  sequences: 0,
  prefills: 0,
  longestChunk: 0,
  groupTokens: 0,
});

/** How long one forward pass takes. */
export type StepTime = (batch: Batch) => Ms;

/** Coefficients of a device with a model; the name of each contains its unit. */
export interface StepCoefficients {
  /** t0: launch and host work of every step. */
  readonly baseMs: number;
  /** tw: reading the weights once, the minimum of a small batch. */
  readonly weightsMs: number;
  /** twtok: linear layers that are limited by reading the weights, for a token. */
  readonly weightsTokenUs: number;
  /** tw0: fixed cost of the linear layers, in addition to `tokenUs`, when they are limited by arithmetic. */
  readonly computeBaseMs: number;
  /** ttok: linear layers, for a token. */
  readonly tokenUs: number;
  /** tkv: reading the KV cache, for a token of context. */
  readonly contextTokenUs: number;
  /** skew: share of what contexts shorter than the longest one would take if they were as long. */
  readonly contextSkew: number;
  /** tatt: prefill attention, for a pair of tokens. */
  readonly attentionPairNs: number;
  /** tseq: sampling and bookkeeping, for a sequence. */
  readonly sequenceUs: number;
  /** tkvm: as `contextTokenUs`, in a step that also computes a prefill; the same when left out. */
  readonly mixedContextTokenUs?: number | undefined;
  /** tdec: attention of a decoding sequence in a step that also computes a prefill, beside its context. */
  readonly mixedDecodeUs: number;
  /** tpad: the same, for each token of the longest prefill chunk. */
  readonly mixedPaddingNs: number;
  /** Routed experts, or null for a dense model. */
  readonly experts: ExpertCoefficients | null;
  /** tc0: collectives, for a step. */
  readonly collectiveBaseMs: number;
  /** tc: collectives, for a token. */
  readonly collectiveTokenUs: number;
}

/** Experts of a mixture-of-experts model on one device of its group. */
export interface ExpertCoefficients {
  /** Experts of a layer in the whole model, those of them on one device, and those that a token uses. */
  readonly total: number;
  readonly local: number;
  readonly perToken: number;
  /** texp: reading one expert of every layer. */
  readonly readMs: number;
  /** tmoe: arithmetic of the experts, for a token of the group. */
  readonly tokenUs: number;
}

/**
 * T = t0 + max(tw + nt*twtok, tw0 + nt*ttok) + ctx*tkv + pairs*tatt + B*tseq + tc0 + nt*tc, and with a prefill beside decodes
 * tkvm for tkv and D*(tdec + chunk*tpad) more; with experts hit*texp + nt*tmoe more.
 *
 * Linear layers read every weight for any batch. So a small batch costs `tw`, and a large batch costs its arithmetic.
 * Attention and sampling are added to both.
 *
 * One attention kernel serves a whole step. In a step of decodes alone it packs the query heads that share a KV head into one
 * tile; with a prefill chunk it does not, so it reads each context more often, and it starts tiles for the length of the chunk
 * for every sequence. That is why a decode is slower beside a prefill.
 *
 * Hot path: called once a step, allocates nothing.
 */
export const stepTimeOf = (cost: StepCoefficients): StepTime => {
  const fixedMs = cost.baseMs + cost.collectiveBaseMs;
  const weightsTokenMs = cost.weightsTokenUs / 1e3;
  const tokenMs = cost.tokenUs / 1e3;
  const contextTokenMs = cost.contextTokenUs / 1e3;
  const mixedContextTokenMs = (cost.mixedContextTokenUs ?? cost.contextTokenUs) / 1e3;
  const { contextSkew } = cost;
  const mixedDecodeMs = cost.mixedDecodeUs / 1e3;
  const mixedPaddingMs = cost.mixedPaddingNs / 1e6;
  const attentionPairMs = cost.attentionPairNs / 1e6;
  const sequenceMs = cost.sequenceUs / 1e3;
  const collectiveTokenMs = cost.collectiveTokenUs / 1e3;
  const expertsMs = expertsTimeOf(cost.experts);
  return (batch) => {
    const { tokens, sequences, prefills } = batch;
    const decodes = sequences - prefills;
    const isMixed = prefills > 0 && decodes > 0;
    return (
      fixedMs +
      Math.max(cost.weightsMs + tokens * weightsTokenMs, cost.computeBaseMs + tokens * tokenMs) +
      (batch.contextTokens + contextSkew * (decodes * batch.longestContext - batch.contextTokens)) *
        (isMixed ? mixedContextTokenMs : contextTokenMs) +
      (isMixed ? decodes * (mixedDecodeMs + batch.longestChunk * mixedPaddingMs) : 0) +
      batch.attentionPairs * attentionPairMs +
      sequences * sequenceMs +
      tokens * collectiveTokenMs +
      expertsMs(batch.groupTokens)
    );
  };
};

/** The same for replicas that step together: the slowest decides. */
export const lockStepTime =
  <Rest extends readonly unknown[]>(stepTime: (batch: Batch, ...rest: Rest) => Ms) =>
  (batch: Batch, ...rest: Rest): Ms => {
    const { replicas } = batch;
    if (replicas === undefined) return stepTime(batch, ...rest);
    let slowestMs = 0;
    for (let index = 0; index < replicas.length; index++)
      slowestMs = Math.max(slowestMs, stepTime(replicas[index]!, ...rest));
    return slowestMs;
  };

/**
 * The time of the experts for so many tokens of the group: hit * texp + nt * tmoe. Of E experts, nt tokens with k each use
 * E * (1 - (1 - k/E)^nt) on average when they choose at random, and a device reads its share of those.
 */
export const expertsTimeOf = (experts: ExpertCoefficients | null): ((groupTokens: number) => Ms) => {
  if (experts === null) return NO_EXPERTS;
  const { total, local, perToken, readMs, tokenUs } = experts;
  const logUnused = Math.log(1 - perToken / total);
  const wholeMs = local * readMs;
  return (groupTokens) => wholeMs * (1 - Math.exp(groupTokens * logUnused)) + (groupTokens * tokenUs) / 1e3;
};

const NO_EXPERTS = (): Ms => 0;
