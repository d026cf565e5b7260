import type { Ms } from '../../core/time/clock.ts';
import { constellationOf } from '../../netem/sky/orbit/constellation.ts';
import type { ConstellationConfig } from '../../netem/sky/orbit/constellation-schema.ts';
import { satelliteNumber } from '../../netem/sky/orbit/satellite-ref.ts';
import { sunlightOf, sunlitShare } from '../../netem/sky/orbit/satellite-sunlight.ts';
import type { OrbitalPlace } from '../../netem/sky/path/place.ts';

export interface SunlitSite {
  readonly name: string;
  /** The satellite's number within the constellation. */
  readonly satellite: number;
  /** Share of the time with sunlight, 0 to 1. */
  readonly share: number;
}

/** The share of the first `spanMs` of a run with sunlight, for each place. Places that name no satellite are left out. */
export const sunlitSites = (options: {
  readonly constellation: ConstellationConfig;
  readonly epochUnixMs: number;
  readonly places: readonly OrbitalPlace[];
  readonly spanMs: Ms;
}): readonly SunlitSite[] => {
  const { constellation, epochUnixMs, places, spanMs } = options;
  const { propagator } = constellationOf(constellation);
  return places.flatMap((place): readonly SunlitSite[] => {
    const satellite = satelliteNumber(constellation, place.satellite);
    if (typeof satellite !== 'number') return [];
    const sunlight = sunlightOf({ propagator, satellite, epochUnixMs });
    return [{ name: place.name, satellite, share: sunlitShare(sunlight, 0, spanMs) }];
  });
};
