import { ConfigError } from '../../../core/config/config-error.ts';
import { suggestion } from '../../../core/config/nearest.ts';
import data from '../../data/starlink-pops-gateways.json' with { type: 'json' };
import { greatCircleKm } from './great-circle.ts';

/** Where the traffic of users enters the Internet: a PoP, or the gateway station of one. */
export interface AccessPoint {
  readonly name: string;
  readonly latDeg: number;
  readonly lonDeg: number;
}

/** The PoPs by their plain names (`new-york`). Source and licence: `netem/data/README.md`. */
export const POPS: readonly AccessPoint[] = data.pops.map(({ name, latDeg, lonDeg }) => ({ name, latDeg, lonDeg }));

/** All gateway stations, without those less than 10 km from an earlier one: they see the same satellites. */
export const GATEWAYS: readonly AccessPoint[] = data.gateways.filter(
  (gateway, index, all) => !all.slice(0, index).some((other) => greatCircleKm(other, gateway) < 10),
);

/** The PoP of that name. @throws ConfigError that suggests similar names. */
export const popNamed = (name: string): AccessPoint => {
  const pop = POPS.find((candidate) => candidate.name === name);
  if (pop !== undefined) return pop;
  const names = POPS.map((candidate) => candidate.name);
  throw new ConfigError('access.pop', `is "${name}", which is no PoP; ${suggestion(name, names)}`);
};

/** The PoP nearest to a place. */
export const popNear = (place: Omit<AccessPoint, 'name'>): AccessPoint => byDistance(place, POPS)[0]!;

/** The gateway stations nearest to a PoP, at most `most`, within `reachKm`. If there is none, the PoP itself is the gateway. */
export const gatewaysOf = (
  pop: AccessPoint,
  { reachKm, most }: { readonly reachKm: number; readonly most: number },
): readonly AccessPoint[] => {
  const near = byDistance(pop, data.gateways).filter((gateway) => greatCircleKm(gateway, pop) <= reachKm);
  return near.length === 0 ? [pop] : near.slice(0, most);
};

const byDistance = (place: Omit<AccessPoint, 'name'>, points: readonly AccessPoint[]): readonly AccessPoint[] =>
  points.toSorted((a, b) => greatCircleKm(a, place) - greatCircleKm(b, place));
