import type { Ms } from '../../core/time/clock.ts';
import { elementsOf } from '../../netem/sky/orbit/elements.ts';
import { type ElementsCount, elementsCount } from '../../netem/sky/orbit/elements-count.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { linksOf, type Topology } from '../../scenario/topology.ts';
import type { Trace } from '../../workload/trace/trace.ts';
import { type OfferedLoad, offeredLoad } from './offered-load.ts';
import { pathUptimes } from './path-uptimes.ts';
import type { PathUptime } from './uptime.ts';

/** What a run of a scenario will meet, before it runs. */
export interface Outlook {
  /** The whole run with its drain. */
  readonly untilMs: Ms;
  /** By the names of paths in the log, in the order of the scenario. */
  readonly paths: ReadonlyMap<string, PathUptime>;
  readonly load: OfferedLoad;
  /** The elements of its satellites when it starts; null for shells. */
  readonly elements: ElementsCount | null;
}

/** Computes the outlook of a run. Yields its progress, 0 to 1. */
export function* outlookOf(scenario: Scenario, topology: Topology, trace: Trace): Generator<number, Outlook> {
  const untilMs = (scenario.durationS + scenario.drainS) * 1000;
  const uptimes = yield* scaled(pathUptimes(scenario, topology, { untilMs }), 0, PATHS_SHARE);
  const usable = topology.endpoints.filter(({ name }) => uptimes.get(name)!.upShare > 0);
  const load = yield* scaled(offeredLoad(scenario, trace, usable), PATHS_SHARE, 1);
  const paths = new Map([...linksOf(topology).keys()].map((path) => [path, uptimes.get(path)!]));
  const sets = elementsOf(scenario.network.constellation);
  const elements = sets.length === 0 ? null : elementsCount(sets, scenario.epochUnixMs);
  return { untilMs, paths, load, elements };
}

/** Of the work, in a usual scenario. */
const PATHS_SHARE = 0.8;

function* scaled<T>(work: Generator<number, T>, from: number, to: number): Generator<number, T> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    yield from + (to - from) * value;
  }
}
