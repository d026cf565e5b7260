import type { Ms } from '../../../core/time/clock.ts';

/** What one forward pass computes. */
export interface Batch {
  /** Tokens computed: one for each decoding sequence, a chunk for each prefill. */
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

/** What a device and a model cost; the unit of each is in its name. */
export interface StepCoefficients {
  /** t0: launch and host work of every step. */
  readonly baseMs: number;
  /** tw: reading the weights once, the floor of a small batch. */
  readonly weightsMs: number;
  /** tw0: what the linear layers cost beside `tokenUs` once they are bound by arithmetic. */
  readonly computeBaseMs: number;
  /** ttok: linear layers, a token. */
  readonly tokenUs: number;
  /** tkv: reading the KV cache, a token of context. */
  readonly contextTokenUs: number;
  /** tatt: prefill attention, a pair of tokens. */
  readonly attentionPairNs: number;
  /** tseq: sampling and bookkeeping, a sequence. */
  readonly sequenceUs: number;
  /** tc0: collectives of a tensor-parallel step. */
  readonly collectiveBaseMs: number;
  /** tc: collectives, a token. */
  readonly collectiveTokenUs: number;
}

/**
 * T = t0 + max(tw, tw0 + nt*ttok) + ctx*tkv + pairs*tatt + B*tseq + tc0 + nt*tc.
 *
 * Linear layers read every weight whatever the batch, so a small batch costs `tw` and a large one its arithmetic;
 * attention and sampling add to both. Hot path: called once a step, and allocates nothing.
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
