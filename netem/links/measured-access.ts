import { ConfigError } from '../../core/config/config-error.ts';
import { vacuumUs } from '../../core/units.ts';
import { greatCircleKm } from '../sky/path/great-circle.ts';
import type { OrbitalPlace, Place } from '../sky/path/place.ts';
import { noSpread, type PathLinks } from './path-links.ts';
import { leastDelayUs, type Recording, traceLink, usualLink } from './trace/trace-link.ts';

/**
 * From users to the site of a router, as measured: `up` leads away from the users.
 * @throws ConfigError when the round trip is shorter than light takes over this distance.
 */
export const measuredAccess = (options: {
  readonly client: Place;
  readonly to: Place | OrbitalPlace;
  readonly up: Recording;
  readonly down: Recording;
  /** The name that the user gave it, for the error. */
  readonly name: string;
}): PathLinks => {
  const { client, to, up, down, name } = options;
  if ('satellite' in to) throw new ConfigError(name, 'was measured on the ground, but the router is in orbit');
  const leastUs = Math.min(leastDelayUs(up), leastDelayUs(down));
  const lightUs = vacuumUs(greatCircleKm(client, to));
  if (leastUs < lightUs) {
    const [rttMs, lightMs] = [leastUs, lightUs].map((us) => (us / 500).toFixed(1));
    throw new ConfigError(
      name,
      `has round trips of ${rttMs} ms, but light takes ${lightMs} ms from ${client.name} to ${to.name} and back`,
    );
  }
  return {
    forward: traceLink(up),
    back: traceLink(down),
    foreseen: { forward: usualLink(up), back: usualLink(down), spread: { forward: noSpread, back: noSpread } },
  };
};
