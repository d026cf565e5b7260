import { ConfigError } from '../../core/config/config-error.ts';
import { suggestion } from '../../core/config/nearest.ts';
import type { Ms } from '../../core/time/clock.ts';
import { constellationName } from '../../netem/sky/orbit/constellation-name.ts';
import { remarksOnElements } from '../../netem/sky/orbit/remarks-on-elements.ts';
import { routerPlansOf } from '../../scenario/router-plan.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { pathsThroughSpace, siteEnd, stopsBetween, stopsOfPath } from './scenario-paths.ts';
import { type ScenarioWatch, scenarioWatch } from './scenario-watch.ts';
import type { SkyView } from './sky-view.ts';
import type { StopsAt } from './stop.ts';

/** The path to look at: by its name in the log, between two sites (the first router's by default), or the first through space. */
export interface PathWish {
  readonly path?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * The sky of a scenario, with its sites and one of its paths, as its runs compute them. What is remarked is of `atMs`. @throws ConfigError that names the option when
 * there is no such path or site.
 */
export const scenarioView = (scenario: Scenario, wish: PathWish, atMs: Ms = 0): SkyView => {
  const { network, epoch, epochUnixMs, sites } = scenario;
  const watch = scenarioWatch(scenario);
  const looked = lookedAt(scenario, watch, wish);
  return {
    title: `${scenario.name}: ${looked?.name ?? 'no path goes through space'}`,
    subtitle: `${constellationName(network.constellation)}; time 0 is ${epoch}`,
    remarks: remarksOnElements(network.constellation, epochUnixMs + atMs),
    watch,
    stopsAt: looked?.stopsAt ?? null,
    places: Object.keys(sites).flatMap((name) => {
      const end = siteEnd(scenario, watch, name);
      return end.kind === 'site' ? [end] : [];
    }),
    stretch: network.fibre.stretch,
  };
};

const lookedAt = (
  scenario: Scenario,
  watch: ScenarioWatch,
  { path, from, to }: PathWish,
): { readonly name: string; readonly stopsAt: StopsAt } | null => {
  if (path !== undefined && (from ?? to) !== undefined) {
    throw new ConfigError('--path', 'excludes --from and --to: give one of the two');
  }
  const named = path ?? ((from ?? to) === undefined ? pathsThroughSpace(scenario)[0] : undefined);
  if (named !== undefined) return { name: named, stopsAt: stopsOfPath(scenario, watch, named) };
  if ((from ?? to) === undefined) return null;
  const [one, other] = [siteNamed(scenario, from, '--from'), siteNamed(scenario, to, '--to')];
  if (one === other) throw new ConfigError('--to', `is "${other}", as --from is; expected another site`);
  return { name: `${one} to ${other}`, stopsAt: stopsBetween(scenario, watch, one, other) };
};

const siteNamed = (scenario: Scenario, name: string | undefined, option: string): string => {
  const { sites } = scenario;
  if (name === undefined) return routerPlansOf(scenario)[0]!.site;
  if (Object.hasOwn(sites, name)) return name;
  throw new ConfigError(option, `is "${name}", which is no site; ${suggestion(name, Object.keys(sites))}`);
};
