import type { Ms } from '../../core/time/clock.ts';
import type { Site } from '../../netem/sky/path/site.ts';

/** A place on the ground with its name, as a map shows it. */
export interface GroundStop {
  readonly kind: 'site' | 'gateway' | 'pop';
  readonly name: string;
  readonly latDeg: number;
  readonly lonDeg: number;
  /** The same in the sky it sees; null for what has no dish. */
  readonly site: Site | null;
}

/** What a path passes through. A satellite may carry a site, which then has its name. */
export type Stop =
  | GroundStop
  | { readonly kind: 'satellite'; readonly satellite: number; readonly carries: string | null };

/** The stops of a path at an instant, from one end to the other; empty when there is no way. */
export type StopsAt = (atMs: Ms) => readonly Stop[];

/** What two routes have in common when nothing was handed over: the satellites at their ends, and where they touch the ground. */
export const handedOver = (before: readonly Stop[], after: readonly Stop[]): boolean =>
  endsOf(before).join() !== endsOf(after).join();

/** Whether a route passes through other satellites or gateways. */
export const isSameRoute = (before: readonly Stop[], after: readonly Stop[]): boolean =>
  before.map(stopName).join() === after.map(stopName).join();

const stopName = (stop: Stop): string =>
  stop.kind === 'satellite' ? `satellite ${stop.satellite}` : `${stop.kind} ${stop.name}`;

const endsOf = (stops: readonly Stop[]): readonly string[] => {
  const satellites = stops.filter(({ kind }) => kind === 'satellite').map(stopName);
  const ground = stops.filter(({ kind }) => kind !== 'satellite').map(stopName);
  return [satellites[0] ?? 'none', satellites.at(-1) ?? 'none', ...ground];
};
