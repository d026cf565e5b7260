import { constellationOf } from '../netem/sky/orbit/constellation.ts';
import { groundPoint, siderealRad, WGS84 } from '../netem/sky/orbit/earth.ts';
import { satelliteNumber } from '../netem/sky/orbit/satellite-ref.ts';
import { sunlightOf } from '../netem/sky/orbit/satellite-sunlight.ts';
import { sunDirection } from '../netem/sky/orbit/sunlight.ts';
import type { Sun } from '../services/node/power/site-supply.ts';
import type { Scenario } from './scenario.ts';

/** Sunlight on the panels of a site: on a satellite the panels follow the Sun, on the ground they are flat under a clear sky. */
export const sunOf = (scenario: Scenario, site: string): Sun => {
  const place = scenario.sites[site]!;
  return place.satellite === undefined
    ? sunOverGround(place, scenario.epochUnixMs)
    : sunOnSatellite(scenario, place.satellite);
};

const sunOnSatellite = ({ network, epochUnixMs }: Scenario, satellite: Parameters<typeof satelliteNumber>[1]): Sun => {
  const { constellation } = network;
  const number = satelliteNumber(constellation, satellite);
  if (typeof number !== 'number') throw new Error('a satellite that was not checked');
  const { propagator } = constellationOf(constellation);
  const sunlight = sunlightOf({ propagator, satellite: number, epochUnixMs });
  return { shareAt: (atMs) => (sunlight.sunlitAt(atMs) ? 1 : 0), nextChangeAfter: sunlight.nextChangeAfter };
};

/** The sine of the Sun's elevation, in steps of a minute; the atmosphere absorbs nothing. */
const sunOverGround = ({ latDeg, lonDeg }: Record<'latDeg' | 'lonDeg', number>, epochUnixMs: number): Sun => {
  const [upX, upY, upZ] = groundPoint(WGS84, latDeg, lonDeg).up;
  return {
    shareAt: (atMs) => {
      const unixMs = epochUnixMs + (Math.floor(atMs / MINUTE_MS) + 0.5) * MINUTE_MS;
      const [sunX, sunY, sunZ] = sunDirection(unixMs);
      const turn = siderealRad(unixMs);
      const alongX = Math.cos(turn) * sunX + Math.sin(turn) * sunY;
      const alongY = Math.cos(turn) * sunY - Math.sin(turn) * sunX;
      return Math.max(0, upX * alongX + upY * alongY + upZ * sunZ);
    },
    nextChangeAfter: (afterMs) => (Math.floor(afterMs / MINUTE_MS) + 1) * MINUTE_MS,
  };
};

const MINUTE_MS = 60_000;
