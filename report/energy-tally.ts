import type { Event } from '../core/event/event.ts';
import { round } from './distribution.ts';

type EnergyEvent = Extract<Event, { kind: 'energy' }>;

/** What one node, or all of them, used over a whole run, warm-up included. Null is what nobody knows. */
export interface EnergyFigures {
  readonly joules: number;
  readonly meanW: number | null;
  readonly outputTokens: number;
  /** All energy, that of prompts and of idling included, over the tokens of answers. */
  readonly jPerOutputToken: number | null;
  readonly usd: number | null;
  readonly usdPerMillionTokens: number | null;
  readonly gCo2: number | null;
  readonly gCo2PerMillionTokens: number | null;
  /** Of the time in which it computed: under any cap, and because it was too hot. */
  readonly cappedShare: number;
  readonly throttledShare: number;
  /** Of all time: without power. */
  readonly outShare: number;
  readonly maxTempC: number | null;
  /** The least that any battery held when it was read. */
  readonly leastBatteryShare: number | null;
}

export interface EnergySummary {
  readonly overall: EnergyFigures;
  readonly byNode: Readonly<Record<string, EnergyFigures>>;
}

/** Null where no node was metered. */
export const energySummary = (events: readonly Event[]): EnergySummary | null => {
  const readings = events.filter((event) => event.kind === 'energy');
  if (readings.length === 0) return null;
  const byNode = Map.groupBy(readings, ({ node }) => node);
  const names = [...byNode.keys()].sort();
  return {
    overall: figuresOf(readings, byNode.size),
    byNode: Object.fromEntries(names.map((name) => [name, figuresOf(byNode.get(name)!, 1)])),
  };
};

const figuresOf = (readings: readonly EnergyEvent[], nodes: number): EnergyFigures => {
  const sum = (of: (reading: EnergyEvent) => number): number =>
    readings.reduce((total, reading) => total + of(reading), 0);
  const knownSum = (key: 'usd' | 'gCo2'): number | null =>
    readings.some((reading) => reading[key] === null) ? null : sum((reading) => reading[key]!);
  const joules = sum(({ joules: used }) => used);
  const durationMs = sum((reading) => reading.durationMs);
  const busyMs = sum((reading) => reading.busyMs);
  const outputTokens = sum((reading) => reading.outputTokens);
  const each = (total: number | null): number | null =>
    total === null || outputTokens === 0 ? null : round(total / outputTokens);
  const [usd, gCo2] = [knownSum('usd'), knownSum('gCo2')];
  return {
    joules: round(joules),
    meanW: durationMs === 0 ? null : round((joules * 1000 * nodes) / durationMs),
    outputTokens,
    jPerOutputToken: each(joules),
    usd: usd === null ? null : roundSmall(usd),
    usdPerMillionTokens: each(usd === null ? null : usd * 1e6),
    gCo2: gCo2 === null ? null : roundSmall(gCo2),
    gCo2PerMillionTokens: each(gCo2 === null ? null : gCo2 * 1e6),
    cappedShare: share(
      sum((reading) => reading.cappedMs),
      busyMs,
    ),
    throttledShare: share(
      sum((reading) => reading.throttledMs),
      busyMs,
    ),
    outShare: share(
      sum((reading) => reading.outMs),
      durationMs,
    ),
    maxTempC: extreme(
      Math.max,
      readings.map(({ maxTempC }) => maxTempC),
    ),
    leastBatteryShare: extreme(
      Math.min,
      readings.map(({ batteryShare }) => batteryShare),
    ),
  };
};

const share = (partMs: number, wholeMs: number): number => (wholeMs === 0 ? 0 : round(partMs / wholeMs));

const extreme = (of: (...values: number[]) => number, values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : round(known.reduce((a, b) => of(a, b)));
};

/** A run of a minute costs fractions of a cent. */
const roundSmall = (value: number): number => Math.round(value * 1e8) / 1e8;
