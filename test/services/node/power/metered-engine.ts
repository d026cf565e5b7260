import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { Engine, type EngineOptions } from '../../../../services/node/engine/engine.ts';
import { limitsSchema } from '../../../../services/node/engine/limits.ts';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import type { EngineEnd } from '../../../../services/node/engine/request.ts';
import { noNoise } from '../../../../services/node/engine/step-noise.ts';
import { stepTimeOf } from '../../../../services/node/engine/step-time.ts';
import type { EnergyReading } from '../../../../services/node/power/energy-meter.ts';
import { NodePower, type NodePowerOptions } from '../../../../services/node/power/node-power.ts';
import { powerModelOf } from '../../../../services/node/power/power-model.ts';
import { ratingOf } from '../../../../services/node/power/rated-cost.ts';
import { sitePowerSchema } from '../../../../services/node/power/site-power-schema.ts';
import type { Sun } from '../../../../services/node/power/site-supply.ts';

export const h100 = powerModelOf(profileOf('h100-llama8b').power!);

/** A whole site for one node. */
export const wholeSite = (config: object, sun: Sun | null = null): NodePowerOptions['site'] => ({
  config: sitePowerSchema.parse({
    kind: sun === null ? 'grid' : 'solar',
    capacityKw: 10,
    priceUsdPerKwh: 0.1,
    carbonGPerKwh: 400,
    ...config,
  }),
  share: 1,
  sun,
});

/** An H100 on a virtual clock, with the power options of `options`. */
export const meteredEngine = (
  options: Partial<NodePowerOptions> = {},
  more: Partial<EngineOptions> & { readonly maxNumSeqs?: number } = {},
) => {
  const { maxNumSeqs = 256, ...engineOptions } = more;
  const clock = new VirtualClock();
  const profile = profileOf('h100-llama8b');
  const readings: EnergyReading[] = [];
  const power = new NodePower({
    model: h100,
    rating: ratingOf(stepTimeOf(profile.step), h100),
    site: null,
    cooling: null,
    capW: null,
    usdPerHour: null,
    onReading: (reading) => readings.push(reading),
    ...options,
  });
  const engine = new Engine({
    name: 'ashburn',
    profile,
    limits: limitsSchema.parse({ maxNumSeqs }),
    noise: noNoise,
    ingestMs: 0,
    clock,
    rng: seededRng(1)('node'),
    power,
    ...engineOptions,
  });
  let ids = 0;
  const ends: { end: EngineEnd; atMs: number }[] = [];
  const submit = (promptTokens: number, outputTokens: number, onEnd: () => void = () => {}) =>
    engine.submit(
      { id: ids++, promptTokens, outputTokens, maxOutputTokens: outputTokens },
      {
        onScheduled: () => {},
        onTokens: () => {},
        onEnd: (end, atMs) => {
          ends.push({ end, atMs });
          onEnd();
        },
      },
    );
  const total = (of: (reading: EnergyReading) => number): number => readings.reduce((sum, each) => sum + of(each), 0);
  return { clock, engine, power, readings, ends, submit, total };
};
