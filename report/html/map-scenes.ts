import type { Ms } from '../../core/time/clock.ts';
import { routerPlansOf } from '../../scenario/router-plan.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { LonLat } from '../links/satellite-ground.ts';
import { legsOf, oneWayMsOf } from '../sky/legs.ts';
import { pathsThroughSpace, siteEnd, stopsOfPath } from '../sky/scenario-paths.ts';
import { scenarioWatch } from '../sky/scenario-watch.ts';
import { sceneAt } from '../sky/sky-scene.ts';

/** A site on a map. */
export interface MapSite {
  readonly name: string;
  readonly at: LonLat;
  /** What is there: `router`, `users`, `node`. */
  readonly roles: readonly string[];
}

/** A path through space at an instant. */
export interface MapPath {
  readonly name: string;
  /** From one end to the other, satellites over the points below them; empty while there is no way. */
  readonly points: readonly LonLat[];
  readonly satellites: number;
  /** The time of light alone over all legs; null without a way. */
  readonly oneWayMs: Ms | null;
}

export interface MapScene {
  readonly atS: number;
  readonly paths: readonly MapPath[];
  /** The points below all satellites. */
  readonly satellites: readonly LonLat[];
}

export interface ScenarioMap {
  readonly sites: readonly MapSite[];
  /** Pairs of sites with a path over fibre. */
  readonly fibres: readonly (readonly [LonLat, LonLat])[];
  readonly scenes: readonly MapScene[];
  /** How many paths go through space; the scenes have the first ones of many. */
  readonly paths: number;
}

/** Where everything of a scenario is, at some instants of its run: one a slot for short runs. */
export const scenarioMap = (scenario: Scenario): ScenarioMap => {
  const watch = scenarioWatch(scenario);
  const ends = new Map(Object.keys(scenario.sites).map((name) => [name, siteEnd(scenario, watch, name)]));
  const names = pathsThroughSpace(scenario);
  const routes = names.slice(0, MOST_PATHS).map((name) => ({ name, stopsAt: stopsOfPath(scenario, watch, name) }));
  const { stretch } = scenario.network.fibre;
  return {
    sites: [...ends].flatMap(([name, end]): readonly MapSite[] =>
      end.kind === 'site' ? [{ name, at: [end.lonDeg, end.latDeg], roles: rolesOf(scenario, name) }] : [],
    ),
    fibres: fibrePairs(scenario).flatMap(([a, b]): readonly (readonly [LonLat, LonLat])[] => {
      const [one, other] = [ends.get(a), ends.get(b)];
      if (one?.kind !== 'site' || other?.kind !== 'site' || a === b) return [];
      return [
        [
          [one.lonDeg, one.latDeg],
          [other.lonDeg, other.latDeg],
        ],
      ];
    }),
    scenes: instantsOf(scenario, watch.slots).map((atMs) => {
      const { satellites } = sceneAt(watch, atMs, { stopsAt: null, places: [], stretch });
      const below = new Map(satellites.map((satellite) => [satellite.number, satellite.below]));
      return {
        atS: atMs / 1000,
        paths: routes.map(({ name, stopsAt }) => {
          const stops = stopsAt(atMs);
          return {
            name,
            points: stops.map((stop) =>
              stop.kind === 'satellite' ? below.get(stop.satellite)! : ([stop.lonDeg, stop.latDeg] as const),
            ),
            satellites: stops.filter(({ kind }) => kind === 'satellite').length,
            oneWayMs: oneWayMsOf(legsOf(stops, watch.at(atMs), stretch)),
          };
        }),
        satellites: satellites.map(({ below: at }) => at),
      };
    }),
    paths: names.length,
  };
};

const MOST_PATHS = 24;
const MOST_SCENES = 13;

/** The begin of the run and of its slots; of many slots evenly spaced ones. */
const instantsOf = (
  { durationS }: Scenario,
  slots: { indexAt(atMs: Ms): number; startMs(index: number): Ms },
): readonly Ms[] => {
  const endMs = durationS * 1000;
  const first = slots.indexAt(0) + 1;
  const starts = Array.from({ length: Math.max(0, slots.indexAt(endMs - 1) - first + 1) }, (_, slot) =>
    slots.startMs(first + slot),
  );
  const all = [0, ...starts];
  if (all.length <= MOST_SCENES) return all;
  return Array.from(
    { length: MOST_SCENES },
    (_, place) => all[Math.round((place * (all.length - 1)) / (MOST_SCENES - 1))]!,
  );
};

const rolesOf = (scenario: Scenario, site: string): readonly string[] => [
  ...(routerPlansOf(scenario).some((router) => router.site === site) ? ['router'] : []),
  ...(Object.values(scenario.clients).some((client) => client.site === site) ? ['users'] : []),
  ...(Object.values(scenario.nodes).some((node) => node.site === site) ? ['node'] : []),
];

const fibrePairs = (scenario: Scenario): readonly (readonly [string, string])[] => {
  const pairs = routerPlansOf(scenario).flatMap((router) =>
    Object.values(scenario.nodes)
      .filter((node) => node.media.includes('fibre') && router.nodes.some(({ config }) => config === node))
      .map(({ site }) => [router.site, site] as const),
  );
  return [...new Map(pairs.map((pair) => [pair.join(' '), pair])).values()].slice(0, MOST_PATHS * 4);
};
