import { type LinkEffect, underEffects, type WayPlace } from './effect/link-effect.ts';
import { withBurstLoss, withLoss } from './effect/with-loss.ts';
import { withRate } from './effect/with-rate.ts';
import { type Foreseeable, foreseeable, layered } from './model/foreseeable.ts';
import type { BurstLoss, Effect } from './model/link-model.ts';
import { type QueueConfig, queueBoundOf } from './queue-schema.ts';

/** What the terminals of a way through space do to it, besides the effects. */
export interface TerminalConfig {
  readonly lossRate: number;
  readonly upKbps: number;
  readonly downKbps: number;
  readonly burstLoss?: BurstLoss;
  readonly queue?: QueueConfig;
}

/** One direction of what terminals do to a way through space: their loss, their rate, and `effects`. */
export const terminals = (
  config: TerminalConfig,
  effects: readonly LinkEffect<WayPlace>[],
  place: WayPlace,
): Foreseeable<Effect> => {
  const rateKbps = place.direction === 'up' ? config.upKbps : config.downKbps;
  return layered(
    foreseeable(withLoss(config.lossRate)),
    foreseeable(config.burstLoss === undefined ? (link) => link : withBurstLoss(config.burstLoss)),
    foreseeable(withRate(rateKbps, config.queue && queueBoundOf(config.queue))),
    underEffects(effects, config, place),
  );
};
