import type { Ms } from '../core/time/clock.ts';
import type { LinkModel } from '../netem/links/model/link-model.ts';
import { timeline } from '../netem/links/model/timeline.ts';
import { pathsOutOfSight } from './paths-out-of-sight.ts';
import type { Scenario } from './scenario.ts';
import { linksOf, type Topology } from './topology.ts';

/** A path over which nothing passes in a whole run. */
export interface DeadPath {
  /** As in the log: `node/medium` or `client/access`. */
  readonly path: string;
  /** The reason, as far as it is known, for people. */
  readonly because: string;
}

/** The paths over which nothing passes from the start of a run to `untilMs`: requests sent over them stay open to the end. */
export const pathsNeverUp = (
  scenario: Scenario,
  topology: Topology,
  { untilMs }: { readonly untilMs: Ms },
): readonly DeadPath[] => {
  const outOfSight = pathsOutOfSight(scenario, topology);
  return [...linksOf(topology)].flatMap(([path, { forward, back }]): readonly DeadPath[] => {
    const blind = outOfSight.get(path);
    if (blind !== undefined) return [{ path, because: blind }];
    if (isEverUp(forward, untilMs) && isEverUp(back, untilMs)) return [];
    return [{ path, because: 'at no time does it have a way, or an outage lasts as long as the run' }];
  });
};

const isEverUp = (link: LinkModel, untilMs: Ms): boolean => {
  for (const { state } of timeline(link, 0, untilMs)) if (state.up) return true;
  return false;
};
