import type { Ms } from '../core/time/clock.ts';
import type { LinkModel } from '../netem/links/model/link-model.ts';
import { timeline } from '../netem/links/model/timeline.ts';
import { seenBelowDeg } from '../netem/sky/orbit/seen-below.ts';
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
  const outOfSight = sitesOutOfSight(scenario);
  const ends = endsOf(scenario, topology);
  return [...linksOf(topology)].flatMap(([path, { forward, back }]): readonly DeadPath[] => {
    const blind = (ends.get(path) ?? []).find((site) => outOfSight.has(site));
    if (blind !== undefined) return [{ path, because: outOfSight.get(blind)! }];
    if (isEverUp(forward, untilMs) && isEverUp(back, untilMs)) return [];
    return [{ path, because: 'at no time does it have a way, or an outage lasts as long as the run' }];
  });
};

const isEverUp = (link: LinkModel, untilMs: Ms): boolean => {
  for (const { state } of timeline(link, 0, untilMs)) if (state.up) return true;
  return false;
};

/** The sites so far north or south that no satellite is ever visible from there, each with the reason. */
const sitesOutOfSight = ({ sites, network }: Scenario): ReadonlyMap<string, string> => {
  const mostDeg = seenBelowDeg(network.constellation);
  const found = new Map<string, string>();
  for (const [name, site] of Object.entries(sites)) {
    if (site.satellite !== undefined || Math.abs(site.latDeg) <= mostDeg) continue;
    const latitude = `${Math.abs(site.latDeg)} degrees ${site.latDeg > 0 ? 'north' : 'south'}`;
    found.set(
      name,
      `site ${name} at ${latitude} sees no satellite: those are seen up to ${mostDeg.toFixed(1)} degrees`,
    );
  }
  return found;
};

/** The sites of the dishes of a path, by the name of the path: none for fibre. */
const endsOf = (
  scenario: Scenario,
  { nodes, endpoints, clients }: Topology,
): ReadonlyMap<string, readonly string[]> => {
  const siteOf = new Map(nodes.map(({ name, site }) => [name, site]));
  return new Map<string, readonly string[]>([
    ...endpoints
      .filter(({ medium }) => medium === 'laser')
      .map(({ name, node }) => [name, [scenario.router.site, siteOf.get(node)!]] as const),
    ...clients
      .map(({ name }) => [name, scenario.clients[name]!] as const)
      .filter(([, { access }]) => access.kind === 'starlink')
      .map(([name, { site }]) => [`${name}/access`, [site]] as const),
  ]);
};
