import { utcText } from '../../../core/time/utc-text.ts';
import { WGS84 } from './earth.ts';
import type { ElementSet } from './element-set.ts';
import { type Absence, meanRadiusKm, positionOfElements } from './position-of-elements.ts';

/** What a list of elements is good for at one instant. */
export interface ElementsCount {
  readonly unixMs: number;
  /** Satellites in the list: `usable` and all of `absent`. */
  readonly listed: number;
  readonly usable: number;
  readonly absent: Readonly<Record<Absence, number>>;
  /** Ages of the usable elements at that instant, in days, negative for epochs after it; null where none is usable. */
  readonly ageDays: { readonly newest: number; readonly median: number; readonly oldest: number } | null;
  /** How many of the usable are more than 14 days old, and how many have an epoch after that instant. */
  readonly old: number;
  readonly early: number;
  /** How many of the usable have a mean height of more than 2000 km. */
  readonly high: number;
}

/** How far SGP4 can be trusted with elements of low satellites: two weeks, after which errors are tens of kilometres. */
const OLD_DAYS = 14;

/** Where low orbits end. */
const LOW_KM = 2000;

/** Counts the satellites of a list that have an orbit at an instant, and how old their elements are then. Takes about 2 us a satellite. */
export const elementsCount = (sets: readonly ElementSet[], unixMs: number): ElementsCount => {
  const absent: Record<Absence, number> = { decayed: 0, strayed: 0, 'no-orbit': 0, superseded: 0 };
  const agesDays: number[] = [];
  let high = 0;
  for (const set of sets) {
    const position = positionOfElements(set, unixMs);
    if (typeof position === 'string') {
      absent[position]++;
      continue;
    }
    agesDays.push((unixMs - set.epochUnixMs) / DAY_MS);
    if (meanRadiusKm(set) > WGS84.equatorKm + LOW_KM) high++;
  }
  agesDays.sort((a, b) => a - b);
  const usable = agesDays.length;
  return {
    unixMs,
    listed: sets.length,
    usable,
    absent,
    ageDays:
      usable === 0 ? null : { newest: agesDays[0]!, median: agesDays[usable >> 1]!, oldest: agesDays[usable - 1]! },
    old: agesDays.filter((days) => days > OLD_DAYS).length,
    early: agesDays.filter((days) => days < 0).length,
    high,
  };
};

/** The instant of the newest elements, in whole seconds, so that slots and steps start at round instants. */
export const newestEpochUnixMs = (sets: readonly ElementSet[]): number =>
  Math.ceil(sets.reduce((newest, { epochUnixMs }) => Math.max(newest, epochUnixMs), -Infinity) / 1000) * 1000;

/** What a person should know of a list before using it, in lines: how many satellites are not used and why, and their age. */
export const elementsRemarks = (count: ElementsCount): readonly string[] => {
  const { listed, usable, absent, ageDays, old, early, high, unixMs } = count;
  const at = utcText(unixMs);
  const reasons = (Object.keys(REASONS) as Absence[]).filter((reason) => absent[reason] > 0);
  const because = reasons.map((reason) => `${absent[reason]} ${REASONS[reason]}`).join(', ');
  const lines = [
    `elements: ${usable} of ${listed} satellites are usable at ${at}${because === '' ? '' : `; ${because}`}`,
  ];
  if (ageDays === null) return lines;
  const days = (value: number): string => Math.abs(value).toFixed(1);
  if (old > 0)
    lines.push(
      `elements: ${old} of ${usable} are more than ${OLD_DAYS} days old at ${at} (the oldest ${days(ageDays.oldest)} days): positions are not to be trusted`,
    );
  if (early > 0)
    lines.push(
      `elements: ${early} of ${usable} are from after ${at} (up to ${days(ageDays.newest)} days): was another epoch meant?`,
    );
  if (high > 0)
    lines.push(`elements: ${high} of ${usable} fly above ${LOW_KM} km, and may serve a terminal as any other does`);
  return lines;
};

const REASONS: Readonly<Record<Absence, string>> = {
  decayed: 'have decayed (below 160 km)',
  strayed: 'are far from the heights of their orbit',
  'no-orbit': 'have no orbit by SGP4',
  superseded: 'are in the list again, with newer elements or the same',
};

const DAY_MS = 86_400_000;
