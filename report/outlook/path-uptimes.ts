import { drawAt, streamKey } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import { inSeries } from '../../netem/links/model/in-series.ts';
import type { LinkModel } from '../../netem/links/model/link-model.ts';
import { timeline } from '../../netem/links/model/timeline.ts';
import type { PathLinks } from '../../netem/links/path-links.ts';
import { constellationOf } from '../../netem/sky/orbit/constellation.ts';
import { pathsOutOfSight } from '../../scenario/paths-out-of-sight.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { linksOf, type Topology } from '../../scenario/topology.ts';
import { mergedTimeline } from '../links/merged-timeline.ts';
import { DownCauses } from './down-causes.ts';
import { type Sample, sampledUptime } from './sampled-uptime.ts';
import { scriptedStartsMs } from './scripted-starts.ts';
import { type PathUptime, Uptime } from './uptime.ts';

/**
 * When each path is up from the start of a run to `untilMs`, by its name in the log. A short run is computed exactly. Of a longer
 * one, paths with few changes are computed exactly, and the others are sampled: once at a random instant of each of some hundred
 * or thousand equal parts, and where a script begins. Yields its progress, 0 to 1.
 */
export function* pathUptimes(
  scenario: Scenario,
  topology: Topology,
  { untilMs, exactMs = EXACT_MS, samples = samplesFor(scenario) }: UptimeOptions,
): Generator<number, ReadonlyMap<string, PathUptime>> {
  const found = new Map<string, PathUptime>();
  for (const [path, because] of pathsOutOfSight(scenario, topology)) found.set(path, neverUp(because, untilMs));
  const causes = new DownCauses(scenario, topology);
  const open = [...linksOf(topology)].filter(([path]) => !found.has(path)).map(asOne);
  if (untilMs <= exactMs) return yield* exactly(open, causes, found, untilMs);
  const sampled: Path[] = [];
  for (const path of open) {
    const exact = path.hasSlots ? null : fewChanges(path, causes, untilMs);
    if (exact === null) sampled.push(path);
    else found.set(path.name, exact);
    yield 0;
  }
  return yield* bySamples(sampled, causes, found, { untilMs, instants: instantsOf(scenario, untilMs, samples) });
}

export interface UptimeOptions {
  readonly untilMs: Ms;
  /** Up to what length all paths are computed exactly. */
  readonly exactMs?: Ms;
  readonly samples?: number;
}

const EXACT_MS = 1_800_000;
/** The more satellites, the fewer samples: a bound on the work, some seconds. */
const samplesFor = ({ network }: Scenario): number => {
  const { count } = constellationOf(network.constellation).propagator;
  return Math.round(Math.min(2000, Math.max(300, SATELLITES_LOOKED_AT / count)));
};

const SATELLITES_LOOKED_AT = 4_000_000;
const MOST_CHANGES = 20_000;
const MOST_REASONS = 200;
const STRETCHES_A_PIECE = 64;
const INSTANTS_A_PIECE = 16;

/** A path as one link, which is up when both of its directions are. */
interface Path {
  readonly name: string;
  readonly link: LinkModel;
  /** Whether it goes through space, where something changes each second. */
  readonly hasSlots: boolean;
}

const asOne = ([name, { forward, back, slots }]: readonly [string, PathLinks]): Path => ({
  name,
  link: inSeries(forward, back),
  hasSlots: slots !== undefined,
});

const neverUp = (because: string, untilMs: Ms): PathUptime => ({
  upShare: 0,
  longestOutage: { fromMs: 0, forMs: untilMs },
  downShareBy: { [because]: 1 },
  isSampled: false,
});

type Found = Map<string, PathUptime>;

function* exactly(paths: readonly Path[], causes: DownCauses, found: Found, untilMs: Ms): Generator<number, Found> {
  const uptimes = paths.map(() => new Uptime());
  const links = paths.map(({ link }) => link);
  let count = 0;
  for (const { link, fromMs, toMs, state } of mergedTimeline(links, 0, untilMs)) {
    const because = state.up ? null : causes.at(paths[link]!.name, fromMs);
    uptimes[link]!.add({ fromMs, toMs, because });
    if (++count % STRETCHES_A_PIECE === 0) yield toMs / untilMs;
  }
  for (const [index, { name }] of paths.entries()) found.set(name, uptimes[index]!.summary());
  return found;
}

/** Null when it changes too often to be worth that. */
const fewChanges = ({ name, link }: Path, causes: DownCauses, untilMs: Ms): PathUptime | null => {
  const uptime = new Uptime();
  let count = 0;
  let [fromMs, because]: [Ms, string | null] = [0, null];
  for (const { atMs, state } of timeline(link, 0, untilMs)) {
    if (++count > MOST_CHANGES) return null;
    if (atMs > fromMs) uptime.add({ fromMs, toMs: atMs, because });
    [fromMs, because] = [atMs, state.up ? null : causes.at(name, atMs)];
  }
  uptime.add({ fromMs, toMs: untilMs, because });
  return uptime.summary();
};

interface Instant {
  readonly atMs: Ms;
  readonly counts: boolean;
}

const instantsOf = (scenario: Scenario, untilMs: Ms, count: number): readonly Instant[] => {
  const key = streamKey(`${scenario.seed}/outlook`);
  const drawn = Array.from({ length: count }, (_, part) => ({
    atMs: ((part + drawAt(key, part)) / count) * untilMs,
    counts: true,
  }));
  const scripted = scriptedStartsMs(scenario)
    .filter((atMs) => atMs < untilMs)
    .map((atMs) => ({ atMs, counts: false }));
  return [...drawn, ...scripted].sort((a, b) => a.atMs - b.atMs);
};

/** Paths are asked one after the other about an instant, so that they share its sky. */
function* bySamples(
  paths: readonly Path[],
  causes: DownCauses,
  found: Found,
  { untilMs, instants }: { readonly untilMs: Ms; readonly instants: readonly Instant[] },
): Generator<number, Found> {
  const samples = paths.map((): Sample[] => []);
  const asked = paths.map(() => 0);
  for (const [count, { atMs, counts }] of instants.entries()) {
    for (const [index, { name, link }] of paths.entries()) {
      const isUp = link.stateAt(atMs).up;
      const asks = !isUp && counts && isAsked(asked, index, samples[index]!.length, instants.length);
      samples[index]!.push({ atMs, counts, because: isUp ? null : asks ? causes.at(name, atMs) : undefined });
    }
    if (count % INSTANTS_A_PIECE === 0) yield (0.9 * count) / instants.length;
  }
  for (const [index, { name, link }] of paths.entries()) {
    found.set(name, sampledUptime(samples[index]!, link, untilMs));
    yield 0.9 + (0.1 * (index + 1)) / paths.length;
  }
  return found;
}

/** Reasons cost more than states: no more of them than an even spread over the run allows so far, and the first few. */
const isAsked = (asked: number[], index: number, seen: number, all: number): boolean => {
  if (asked[index]! > FIRST_REASONS + (MOST_REASONS * seen) / all) return false;
  asked[index]!++;
  return true;
};

const FIRST_REASONS = 20;
