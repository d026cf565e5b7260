import type { Ms } from '../../core/time/clock.ts';
import { degrees, vacuumUs } from '../../core/units.ts';
import { fibreDelayUs } from '../../netem/sky/path/fibre-delay.ts';
import { greatCircleKm } from '../../netem/sky/path/great-circle.ts';
import type { Snapshot } from '../../netem/sky/path/snapshot.ts';
import type { GroundStop, Stop } from './stop.ts';

/** One part of a path, between two stops. */
export interface Leg {
  readonly from: Stop;
  readonly to: Stop;
  readonly medium: 'space' | 'fibre';
  readonly km: number;
  /** At the speed of light in its medium. */
  readonly oneWayMs: Ms;
  /** How high the satellite stands over the dish at one end, in degrees; null without a dish. */
  readonly elevationDeg: number | null;
}

/** The legs between stops. `stretch` is how many times as long as the great circle fibre is. */
export const legsOf = (stops: readonly Stop[], snapshot: Snapshot, stretch: number): readonly Leg[] =>
  stops.slice(1).map((to, index) => legBetween(stops[index]!, to, snapshot, stretch));

/** One way over all legs; null without any. */
export const oneWayMsOf = (legs: readonly Leg[]): Ms | null =>
  legs.length === 0 ? null : legs.reduce((sum, { oneWayMs }) => sum + oneWayMs, 0);

const legBetween = (from: Stop, to: Stop, snapshot: Snapshot, stretch: number): Leg => {
  if (from.kind === 'satellite' && to.kind === 'satellite') {
    return spaceLeg(from, to, distanceKm(snapshot, from.satellite, to.satellite), null);
  }
  if (from.kind === 'satellite') return dishLeg(from, to, to as GroundStop, from.satellite, snapshot);
  if (to.kind === 'satellite') return dishLeg(from, to, from, to.satellite, snapshot);
  const circleKm = greatCircleKm(from, to);
  const oneWayMs = fibreDelayUs(circleKm, stretch) / 1000;
  return { from, to, medium: 'fibre', km: circleKm * stretch, oneWayMs, elevationDeg: null };
};

const dishLeg = (from: Stop, to: Stop, { site }: GroundStop, satellite: number, snapshot: Snapshot): Leg => {
  if (site === null) throw new Error('a stop without a dish has no leg through space');
  const visible = snapshot.visibleFrom(site);
  const index = visible.indexOf(satellite);
  if (index === -1) return spaceLeg(from, to, Number.POSITIVE_INFINITY, null);
  return spaceLeg(from, to, visible.rangeKm[index]!, degrees(Math.asin(visible.elevationSine[index]!)));
};

const spaceLeg = (from: Stop, to: Stop, km: number, elevationDeg: number | null): Leg => ({
  from,
  to,
  medium: 'space',
  km,
  oneWayMs: vacuumUs(km) / 1000,
  elevationDeg,
});

const distanceKm = ({ positionsKm }: Snapshot, a: number, b: number): number =>
  Math.hypot(...[0, 1, 2].map((axis) => positionsKm[3 * a + axis]! - positionsKm[3 * b + axis]!));
