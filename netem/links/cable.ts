import { greatCircleKm } from '../sky/path/great-circle.ts';
import { type CablePlace, type EffectPlace, type LinkEffect, underEffects } from './effect/link-effect.ts';
import type { FibreConfig } from './fibre-schema.ts';
import { fibreLink } from './model/fibre-link.ts';
import { type Foreseeable, stacked } from './model/foreseeable.ts';
import type { LinkModel } from './model/link-model.ts';
import { queueBoundOf } from './queue-schema.ts';

interface End {
  readonly latDeg: number;
  readonly lonDeg: number;
}

/** One direction of a cable between two places on the ground, with its equipment, its routers and the given `effects`. */
export const cable = (options: {
  readonly ends: readonly [End, End];
  readonly fibre: FibreConfig;
  readonly effects: readonly LinkEffect<CablePlace>[];
  readonly place: EffectPlace;
}): Foreseeable<LinkModel> => {
  const { ends, fibre, effects, place } = options;
  const lengthKm = greatCircleKm(...ends);
  const { equipmentUs, hops, hopUs, burstLoss, queue } = fibre;
  const bare = fibreLink(lengthKm, {
    ...fibre,
    equipmentUs: equipmentUs + hops * hopUs,
    burst: burstLoss,
    queue: queue && queueBoundOf(queue),
  });
  const onCable = { ...place, greatCircleKm: lengthKm, stretch: fibre.stretch };
  return stacked({ actual: bare, foreseen: bare }, underEffects(effects, fibre, onCable));
};
