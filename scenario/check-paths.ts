import { suggestion } from '../core/config/nearest.ts';
import type { Config } from '../core/config/read-config.ts';
import { sitesReaching } from './router-plan.ts';
import type { ScenarioConfig } from './schema.ts';

/**
 * Checks that each path in `paths` leads from the router to the site of a node, over the media that it has keys for.
 * Throws `ConfigError` with the place of the first mistake.
 */
export const checkPaths = (config: Config<ScenarioConfig>): void => {
  const { sites, paths } = config.value;
  const media = mediaOfPaths(config.value);
  const known = [...media.keys()];
  for (const [key, path] of Object.entries(paths)) {
    const stranger = key.split('/').find((site) => !Object.hasOwn(sites, site));
    if (stranger !== undefined) {
      const near = suggestion(stranger, Object.keys(sites));
      throw config.mistake(['paths', key], `names "${stranger}", which is no site; ${near}`);
    }
    if (!media.has(key)) {
      throw config.mistake(
        ['paths', key],
        `is no path from ${config.value.routers === undefined ? 'the' : 'a'} router to the site of a node; ${suggestion(key, known)}`,
      );
    }
    for (const medium of ['fibre', 'laser'] as const) {
      const isRecorded = path.recorded?.[medium] !== undefined;
      if (path[medium] === undefined && !isRecorded) continue;
      const isUsed = media.get(key)!.has(medium);
      const where = path[medium] === undefined ? ['recorded', medium] : [medium];
      if (!isUsed)
        throw config.mistake(['paths', key, ...where], `is given, but no node there is reached by ${medium}`);
      if (path[medium] !== undefined && isRecorded)
        throw config.mistake(
          ['paths', key, medium],
          `has no effect beside recorded.${medium}; expected one of the two`,
        );
    }
  }
};

/** Over which media a path between two sites leads, for each from the site of a router to that of a node. */
const mediaOfPaths = (scenario: ScenarioConfig): ReadonlyMap<string, ReadonlySet<string>> => {
  const media = new Map<string, Set<string>>();
  for (const [name, sites] of sitesReaching(scenario)) {
    const node = scenario.nodes[name]!;
    for (const from of sites) {
      const key = `${from}/${node.site}`;
      media.set(key, new Set([...(media.get(key) ?? []), ...node.media]));
    }
  }
  return media;
};
