import { z } from 'zod';
import type { Ms } from '../../../core/time/clock.ts';

/** How KV entries get from a node that computes prompts to the one that decodes. */
export const transferSchema = z
  .strictObject({
    gbps: z
      .number()
      .positive()
      .max(1e6)
      .describe('Rate in Gbit/s, shared by all that leaves the node.')
      .exactOptional(),
  })
  .describe(
    'The way to the node of `decodesAt`. Its rate by default: that of the slower interconnect of the two profiles within a site, 100 Gbit/s (assumed) otherwise.',
  );

/** What is sent, and over what. */
export interface TransferOptions {
  /** One way. */
  readonly delayMs: Ms;
  readonly gbps: number;
  /** Bytes of keys and values for a token of the prompt, over all layers. */
  readonly kvBytesPerToken: number;
}

/**
 * The way of KV entries out of a node: delay + tokens * kvBytesPerToken / rate, one transfer after another.
 *
 * It begins when the prompt is computed and the decode node has room, as vLLM's disaggregated prefill does it. Grade C: nothing
 * here is fitted to a measured transfer. Splitwise sends each layer while the next is computed, which hides most of it, and that
 * is not modelled; nor is the message that asks for room, which a server can send while the prompt is computed.
 * Sources: vLLM documentation, Disaggregated Prefilling; DistServe (Zhong et al., OSDI 2024), which bounds the transfer by KV bytes
 * over bandwidth; Splitwise (Patel et al., ISCA 2024).
 */
export class Transfer {
  readonly delayMs: Ms;
  readonly #msPerToken: number;
  #freeAtMs: Ms = 0;

  constructor({ delayMs, gbps, kvBytesPerToken }: TransferOptions) {
    this.delayMs = delayMs;
    this.#msPerToken = (kvBytesPerToken * 8) / (gbps * BITS_PER_MS_OF_GBPS);
  }

  /** When the entries of so many tokens are whole at the other end, if they may leave now. They take their turn. */
  arrivalMs(nowMs: Ms, tokens: number): Ms {
    this.#freeAtMs = Math.max(nowMs, this.#freeAtMs) + tokens * this.#msPerToken;
    return this.#freeAtMs + this.delayMs;
  }
}

const BITS_PER_MS_OF_GBPS = 1e6;
