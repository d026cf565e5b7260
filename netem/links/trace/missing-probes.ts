import { quantile } from '../../../core/stats/quantile.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { ProbeList } from './probes.ts';

/** The steady interval at which probes were sent, as far as their instants show one. */
export interface Spacing {
  readonly intervalMs: Ms;
  /** How far a distance between neighbours is from a whole multiple of the interval, at the median, as a share of it. */
  readonly unevenness: number;
}

/**
 * The interval behind ascending instants, some of which may be missing; null where there are too few, or where the distances are
 * not multiples of anything (more uneven than a fifth). At most three of four neighbours may be missing.
 */
export const spacingOf = (atMs: Float64Array): Spacing | null => {
  const apart: number[] = [];
  for (let index = 1; index < atMs.length; index++) {
    const distance = atMs[index]! - atMs[index - 1]!;
    if (distance > 0) apart.push(distance);
  }
  if (apart.length < LEAST_DISTANCES) return null;
  const sorted = Float64Array.from(apart).sort();
  let intervalMs = quantile(sorted, 0.25);
  for (let turn = 0; turn < TURNS; turn++) {
    let distance = 0;
    let steps = 0;
    for (const apartMs of apart) {
      const count = stepsIn(apartMs, intervalMs);
      if (count > MOST_STEPS) continue; // an outage: jitter of one probe would not matter, a changed clock would
      distance += apartMs;
      steps += count;
    }
    intervalMs = distance / steps;
  }
  const uneven = Float64Array.from(apart, (apartMs) => {
    return Math.abs(apartMs - Math.max(1, stepsIn(apartMs, intervalMs)) * intervalMs) / intervalMs;
  }).sort();
  const unevenness = quantile(uneven, 0.5);
  return unevenness <= MOST_UNEVEN ? { intervalMs, unevenness } : null;
};

const LEAST_DISTANCES = 4;
const TURNS = 5;
const MOST_STEPS = 10;
const MOST_UNEVEN = 0.2;

/** How many intervals a distance is. One probe that was sent late by less than 0.6 of an interval is not a missing one. */
const stepsIn = (apartMs: Ms, intervalMs: Ms): number => Math.floor(apartMs / intervalMs + 0.4);

/** The probes with those that `spacing` says are missing, as lost, evenly between their neighbours; and how many these are. */
export const withMissing = (
  probes: ProbeList,
  { intervalMs }: Spacing,
): { readonly all: ProbeList; readonly missing: number; readonly longestMs: Ms } => {
  const holes = holesBefore(probes, intervalMs);
  const all = new ProbeList();
  let missing = 0;
  let longestMs = 0;
  for (let index = 0; index < probes.length; index++) {
    const atMs = probes.value(index, 'atMs');
    const lost = holes[index]!;
    if (lost > 0) {
      const beforeMs = probes.value(index - 1, 'atMs');
      for (let one = 1; one <= lost; one++)
        all.add({ atMs: beforeMs + ((atMs - beforeMs) * one) / (lost + 1), fate: 'lost' });
      missing += lost;
      longestMs = Math.max(longestMs, atMs - beforeMs);
    }
    all.add(probes.probe(index));
  }
  return { all, missing, longestMs };
};

/**
 * How many probes are missing just before each. Each probe has a place on a grid of the interval that follows their instants. A
 * place that has none is a hole, unless a neighbour shares its place with another: then that one was only late.
 */
const holesBefore = (probes: ProbeList, intervalMs: Ms): Int32Array => {
  const holes = new Int32Array(probes.length);
  let originMs = probes.value(0, 'atMs');
  let place = 0;
  for (let index = 1; index < probes.length; index++) {
    const atMs = probes.value(index, 'atMs');
    const found = Math.max(place, Math.round((atMs - originMs) / intervalMs));
    const steps = found - place;
    place = found;
    // A clock that was set is not an outage.
    holes[index] = steps - 1 > MOST_LOST ? 0 : steps - 1;
    // The grid follows slowly, and starts anew after an outage.
    const lateMs = atMs - (originMs + place * intervalMs);
    originMs += steps > MOST_STEPS ? lateMs : lateMs * FOLLOWS;
  }
  for (let index = 1; index < holes.length; index++) if (holes[index]! < 0) fillNear(holes, index);
  return holes;
};

/** Takes one probe from the nearest hole, for one that shares its place with another. */
const fillNear = (holes: Int32Array, surplus: number): void => {
  holes[surplus] = 0;
  for (let away = 1; away <= NEAR; away++) {
    for (const index of [surplus - away, surplus + away]) {
      if ((holes[index] ?? 0) <= 0) continue;
      holes[index]!--;
      return;
    }
  }
};

/** The longest outage, in probes: half a day at 10 ms. */
const MOST_LOST = 5_000_000;

const FOLLOWS = 0.1;

/** How many probes a late one may be away from its place. */
const NEAR = 10;
