import { ConfigError } from '../../../core/config/config-error.ts';
import type { ConstellationConfig } from '../orbit/constellation-schema.ts';
import { WGS84 } from '../orbit/earth.ts';
import { satelliteNumber } from '../orbit/satellite-ref.ts';
import type { OrbitalPlace } from './place.ts';
import type { OrbitalSite } from './site.ts';
import type { Sky } from './sky.ts';

/** The site on board the satellite that `place` names. @throws ConfigError when there is no such satellite. */
export const orbitalSite = (sky: Sky, config: ConstellationConfig, { name, satellite }: OrbitalPlace): OrbitalSite => {
  const found = satelliteNumber(config, satellite);
  if (typeof found === 'number') return sky.siteOnBoard(name, found);
  throw new ConfigError(['sites', name, 'satellite', ...found.key].join('.'), found.message);
};

/** The two ends of a path in orbit are never farther apart: they are opposite each other on the highest shell allowed. */
export const FARTHEST_KM = 2 * (WGS84.equatorKm + 2000);
