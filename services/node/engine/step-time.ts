import type { Ms } from '../../../core/time/clock.ts';

/** What one forward pass computes. */
export interface Batch {
  /** Computed tokens: one for each decoding sequence, a chunk for each prefill. */
  readonly tokens: number;
  /** Sum of the contexts, in tokens, that the decoding sequences attend to. */
  readonly contextTokens: number;
  /** Sum over the prefill chunks of chunk * (context before + chunk / 2). */
  readonly attentionPairs: number;
  /** Sequences with at least one token. */
  readonly sequences: number;
}

/** How long one forward pass takes. */
export type StepTime = (batch: Batch) => Ms;

/** Coefficients of a device with a model; the name of each contains its unit. */
export interface StepCoefficients {
  /** t0: launch and host work of every step. */
  readonly baseMs: number;
  /** tw: reading the weights once, the minimum of a small batch. */
  readonly weightsMs: number;
  /** tw0: fixed cost of the linear layers, in addition to `tokenUs`, when they are limited by arithmetic. */
  readonly computeBaseMs: number;
  /** ttok: linear layers, for a token. */
  readonly tokenUs: number;
  /** tkv: reading the KV cache, for a token of context. */
  readonly contextTokenUs: number;
  /** tatt: prefill attention, for a pair of tokens. */
  readonly attentionPairNs: number;
  /** tseq: sampling and bookkeeping, for a sequence. */
  readonly sequenceUs: number;
  /** tc0: tensor-parallel collectives, for a step. */
  readonly collectiveBaseMs: number;
  /** tc: tensor-parallel collectives, for a token. */
  readonly collectiveTokenUs: number;
}

/**
 * T = t0 + max(tw, tw0 + nt*ttok) + ctx*tkv + pairs*tatt + B*tseq + tc0 + nt*tc.
 *
 * Linear layers read every weight for any batch. So a small batch costs `tw`, and a large batch costs its arithmetic.
 * Attention and sampling are added to both. Hot path: called once a step, allocates nothing.
 */
export const stepTimeOf = (cost: StepCoefficients): StepTime => {
  const fixedMs = cost.baseMs + cost.collectiveBaseMs;
  const tokenMs = cost.tokenUs / 1e3;
  const contextTokenMs = cost.contextTokenUs / 1e3;
  const attentionPairMs = cost.attentionPairNs / 1e6;
  const sequenceMs = cost.sequenceUs / 1e3;
  const collectiveTokenMs = cost.collectiveTokenUs / 1e3;
  return (batch) =>
    fixedMs +
    Math.max(cost.weightsMs, cost.computeBaseMs + batch.tokens * tokenMs) +
    batch.contextTokens * contextTokenMs +
    batch.attentionPairs * attentionPairMs +
    batch.sequences * sequenceMs +
    batch.tokens * collectiveTokenMs;
};
