import { GrowingSamples } from '../../core/stats/growing-samples.ts';
import { quantile } from '../../core/stats/quantile.ts';
import { finiteAscending } from '../../core/stats/ranked-column.ts';
import type { Ms } from '../../core/time/clock.ts';
import { slotGrid, type TimeGrid } from '../../netem/sky/path/time-grid.ts';
import { distribution, round } from '../distribution.ts';
import { faultSpans } from '../fault-marks.ts';
import { reloadsOf, reloadText } from '../reload-marks.ts';
import { ttftMs } from '../request-table.ts';
import type { RunTally } from '../run-tally.ts';
import type { RunCharts, Timeline } from './charts-schema.ts';
import { pathChanges } from './path-changes.ts';
import { TAIL } from './tail.ts';

/**
 * What the charts of a run show, from its tally. Percentiles are over requests intended after the warm-up, as in the summary; the timeline
 * has the warm-up too.
 */
export const runCharts = (tally: RunTally): RunCharts => {
  const { variant, seed } = tally.run.key;
  return { variant, seed, ttft: tailOf(tally), timeline: timelineOf(tally) };
};

/** A percentile needs a request beyond it, and is null where it falls on requests without a first token. */
const tailOf = ({ run, requests }: RunTally): (number | null)[] => {
  const all = new Float64Array(requests.length).fill(Number.NaN);
  let n = 0;
  for (const record of requests.records()) {
    if (record.intendedAtMs >= run.warmUpMs) all[n++] = ttftMs(record);
  }
  const sorted = finiteAscending(all);
  return TAIL.map((share) => {
    const rank = (n - 1) * share;
    if (n * (1 - share) < 1 - 1e-9 || Math.ceil(rank) >= sorted.length) return null;
    return round(quantile(sorted, sorted.length === 1 ? 0 : rank / (sorted.length - 1)));
  });
};

interface Bin {
  n: number;
  readonly ttft: GrowingSamples;
  readonly routed: Map<string, number>;
}

const timelineOf = (tally: RunTally): Timeline => {
  const { run, requests, attempts, links, injected, reloaded, ended } = tally;
  const untilMs = Math.min(run.durationMs, ended?.atMs ?? run.durationMs);
  const stepMs = stepOf(untilMs);
  const slots = run.epochUnixMs === undefined ? null : slotGrid(run.epochUnixMs);
  const fromMs = slots === null ? 0 : firstBinMs(slots, stepMs);
  const bins = Array.from(
    { length: Math.max(1, Math.ceil((untilMs - fromMs) / stepMs)) },
    (): Bin => ({ n: 0, ttft: new GrowingSamples(), routed: new Map() }),
  );
  const total = new Map<string, number>();
  for (const record of requests.records()) {
    const bin = bins[Math.floor((record.intendedAtMs - fromMs) / stepMs)];
    if (bin === undefined) continue;
    bin.n++;
    bin.ttft.add(ttftMs(record));
    const endpoint = attempts.endpointOf(record.request);
    if (endpoint === undefined) continue;
    bin.routed.set(endpoint, (bin.routed.get(endpoint) ?? 0) + 1);
    total.set(endpoint, (total.get(endpoint) ?? 0) + 1);
  }
  const endpoints = busiest(total);
  return {
    stepS: stepMs / 1000,
    fromS: fromMs / 1000,
    slotsFromS: slots && slots.startMs(slots.indexAt(-1) + 1) / 1000,
    endpoints,
    bins: bins.map(({ n, ttft, routed }) => {
      const { p50, p95 } = distribution(ttft, n - ttft.length);
      return { n, p50, p95, routed: countsOf(routed, endpoints) };
    }),
    faults: faultSpans(injected)
      .slice(0, MOST_FAULTS)
      .map(({ what, fromMs, untilMs: endMs }) => ({
        what,
        fromS: Math.max(0, fromMs) / 1000,
        untilS: endMs === null ? null : endMs / 1000,
      })),
    reloads: reloadsOf(reloaded)
      .slice(0, MOST_RELOADS)
      .map((reload) => ({ what: reloadText(reload), atS: Math.max(0, reload.atMs) / 1000 })),
    ...pathChanges(links, untilMs),
  };
};

/** The last begin of a bin before the run, or at its start, where bins lie at the begins of slots: at 15 s a bin is a slot. */
const firstBinMs = (slots: TimeGrid, stepMs: Ms): Ms => {
  const slotMs = slots.startMs(slots.indexAt(0));
  return slotMs + Math.floor(-slotMs / stepMs) * stepMs;
};

const STEPS_MS: readonly Ms[] = [1, 5, 15, 60, 300, 900, 3600, 21_600].map((seconds) => seconds * 1000);

/** The step with at most 80 bins: short runs have bins of a second, runs of some minutes have bins as long as a slot. */
const stepOf = (untilMs: Ms): Ms => STEPS_MS.find((step) => untilMs / step <= MOST_BINS) ?? untilMs / MOST_BINS;

const MOST_BINS = 80;
const MOST_ENDPOINTS = 14;
const MOST_FAULTS = 40;
const MOST_RELOADS = 40;

/** Sorted by name; "" stands for all that are not among the busiest. */
const busiest = (total: ReadonlyMap<string, number>): string[] => {
  const names = [...total.keys()];
  if (names.length <= MOST_ENDPOINTS) return names.sort();
  const kept = names.toSorted((a, b) => total.get(b)! - total.get(a)!).slice(0, MOST_ENDPOINTS - 1);
  return [...kept.sort(), ''];
};

const countsOf = (routed: ReadonlyMap<string, number>, endpoints: readonly string[]): number[] => {
  const all = [...routed.values()].reduce((sum, count) => sum + count, 0);
  const known = endpoints.map((name) => routed.get(name) ?? 0);
  const others = all - known.reduce((sum, count) => sum + count, 0);
  return endpoints.map((name, index) => (name === '' ? others : known[index]!));
};
