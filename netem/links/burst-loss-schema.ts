import { z } from 'zod';
import { shareSchema } from '../../core/config/quantity-schemas.ts';

/** Loss in bursts, as netem's `gemodel`; `p: 0` turns it off. */
export const burstLossSchema = z
  .strictObject({
    p: shareSchema.describe('Probability that a packet begins a burst: takes the chain from good to bad.'),
    r: z.number().positive().max(1).describe('Probability that a packet ends it. A burst lasts 1 / r packets.'),
    lossInBad: shareSchema.default(1).describe('Share of packets lost in a burst: 1-h of netem.'),
    lossInGood: shareSchema.default(0).describe('Share of packets lost outside of it: 1-k of netem.'),
  })
  .describe('Loss in bursts besides lossRate: a Gilbert-Elliott chain that steps once a packet, as gemodel of netem.');
