import type { Ms } from '../../core/time/clock.ts';
import { isSunlit, sunDirection } from '../../netem/sky/orbit/sunlight.ts';
import type { Snapshot } from '../../netem/sky/path/snapshot.ts';
import { groundBelow, type LonLat } from '../links/satellite-ground.ts';
import type { SkyWatch } from '../links/sky-watch.ts';
import { type Leg, legsOf } from './legs.ts';
import type { GroundStop, Stop, StopsAt } from './stop.ts';

/** A satellite over the point below it. */
export interface SceneSatellite {
  readonly number: number;
  readonly below: LonLat;
  readonly isSunlit: boolean;
}

/** The sky at one instant, and a path through it. */
export interface SkyScene {
  readonly atMs: Ms;
  readonly unixMs: number;
  /** All satellites that are somewhere: a broken or lost one is not. */
  readonly satellites: readonly SceneSatellite[];
  /** The numbers of the satellites that a dish of the scene sees, and of those that the path uses. */
  readonly near: ReadonlySet<number>;
  /** Places on the ground, those of the path included. */
  readonly places: readonly GroundStop[];
  readonly stops: readonly Stop[];
  readonly legs: readonly Leg[];
}

/** The scene at an instant: `places` are shown whether the path uses them or not. */
export const sceneAt = (
  watch: SkyWatch,
  atMs: Ms,
  view: { readonly stopsAt: StopsAt | null; readonly places: readonly GroundStop[]; readonly stretch: number },
): SkyScene => {
  const stops = view.stopsAt === null ? [] : view.stopsAt(atMs);
  const snapshot = watch.at(atMs);
  const below = groundBelow(snapshot);
  const ofPath = stops.filter((stop): stop is GroundStop => stop.kind !== 'satellite');
  const isOfPath = new Set(ofPath.map(({ name, kind }) => `${kind} ${name}`));
  const places = [...view.places.filter(({ name, kind }) => !isOfPath.has(`${kind} ${name}`)), ...ofPath];
  return {
    atMs,
    unixMs: snapshot.unixMs,
    satellites: satellitesIn(snapshot, below),
    near: new Set([
      ...seenFrom(places, snapshot),
      ...stops.flatMap((stop) => (stop.kind === 'satellite' ? [stop.satellite] : [])),
    ]),
    places,
    stops,
    legs: legsOf(stops, snapshot, view.stretch),
  };
};

const satellitesIn = ({ positionsKm, unixMs }: Snapshot, below: readonly LonLat[]): readonly SceneSatellite[] => {
  const sun = sunDirection(unixMs);
  return below.flatMap((point, number): readonly SceneSatellite[] => {
    const [x, y, z] = [positionsKm[3 * number]!, positionsKm[3 * number + 1]!, positionsKm[3 * number + 2]!];
    return x === 0 && y === 0 && z === 0 ? [] : [{ number, below: point, isSunlit: isSunlit([x, y, z], sun) }];
  });
};

/** Dishes of users and nodes: what gateways see is not near them. */
const seenFrom = (places: readonly GroundStop[], snapshot: Snapshot): readonly number[] =>
  places.flatMap(({ kind, site }) => {
    if (kind !== 'site' || site === null) return [];
    const { satellites, count } = snapshot.visibleFrom(site);
    return [...satellites.subarray(0, count)];
  });
