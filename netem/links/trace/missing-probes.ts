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
 * not multiples of anything (more uneven than a quarter). At most three of four neighbours may be missing.
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
    return Math.abs(apartMs - stepsIn(apartMs, intervalMs) * intervalMs) / intervalMs;
  }).sort();
  const unevenness = quantile(uneven, 0.5);
  return unevenness <= MOST_UNEVEN ? { intervalMs, unevenness } : null;
};

const LEAST_DISTANCES = 4;
const TURNS = 5;
const MOST_STEPS = 10;
const MOST_UNEVEN = 0.25;

/** The longest outage, in probes: half a day at 10 ms. */
const MOST_LOST = 5_000_000;

/** How many intervals a distance is. One probe that was sent late by less than 0.6 of an interval is not a missing one. */
const stepsIn = (apartMs: Ms, intervalMs: Ms): number => Math.max(1, Math.floor(apartMs / intervalMs + 0.4));

/** The probes with those that `spacing` says are missing, as lost, evenly between their neighbours; and how many these are. */
export const withMissing = (
  probes: ProbeList,
  { intervalMs }: Spacing,
): { readonly all: ProbeList; readonly missing: number; readonly longestMs: Ms } => {
  const all = new ProbeList();
  let missing = 0;
  let longestMs = 0;
  for (let index = 0; index < probes.length; index++) {
    const atMs = probes.value(index, 'atMs');
    if (index > 0) {
      const beforeMs = probes.value(index - 1, 'atMs');
      const apart = stepsIn(atMs - beforeMs, intervalMs);
      const steps = apart > MOST_LOST ? 1 : apart; // a clock that was set, not an outage
      for (let step = 1; step < steps; step++)
        all.add({ atMs: beforeMs + ((atMs - beforeMs) * step) / steps, fate: 'lost' });
      missing += steps - 1;
      if (steps > 1) longestMs = Math.max(longestMs, atMs - beforeMs);
    }
    all.add(probes.probe(index));
  }
  return { all, missing, longestMs };
};
