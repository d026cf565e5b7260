import { ConfigError } from '../../core/config/config-error.ts';
import { vacuumUs } from '../../core/units.ts';
import { greatCircleKm } from '../sky/path/great-circle.ts';
import type { OrbitalPlace, Place } from '../sky/path/place.ts';
import { noSpread, type PathLinks } from './path-links.ts';
import type { RecordedLinks } from './trace/recorded-link.ts';

/** A path as it was measured, and what to know of the recording. */
interface MeasuredPath {
  readonly links: PathLinks;
  readonly remarks: readonly string[];
}

/**
 * From one site to another as somebody at the first measured it.
 * @throws ConfigError for a mistake in its files, and when the round trip is shorter than light takes over this distance.
 */
export const measuredPath = (options: {
  readonly from: Place | OrbitalPlace;
  readonly to: Place | OrbitalPlace;
  /** The recording, where nothing crosses faster than that. */
  readonly recorded: (leastOneWayUs: number) => RecordedLinks;
  /** Where the recording is in the scenario, for the error. */
  readonly name: string;
}): MeasuredPath => {
  const { from, to, recorded, name } = options;
  if ('satellite' in to || 'satellite' in from)
    throw new ConfigError(name, 'was measured on the ground, but an end of it is in orbit');
  const lightUs = vacuumUs(greatCircleKm(from, to));
  const { up, down, remarks } = recorded(lightUs);
  const leastUs = Math.min(up.leastUs, down.leastUs);
  if (leastUs < lightUs) {
    const [rttMs, lightMs] = [leastUs, lightUs].map((us) => (us / 500).toFixed(1));
    throw new ConfigError(
      name,
      `has round trips of ${rttMs} ms, but light takes ${lightMs} ms from ${from.name} to ${to.name} and back`,
    );
  }
  const links = {
    forward: up.link,
    back: down.link,
    foreseen: { forward: up.usual, back: down.usual, spread: { forward: noSpread, back: noSpread } },
  };
  return { links, remarks: remarks.map((remark) => `${name}: ${remark}`) };
};
