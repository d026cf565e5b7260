import { suggestion } from '../core/config/nearest.ts';
import type { Config } from '../core/config/read-config.ts';
import type { ScenarioConfig } from './schema.ts';

/**
 * Checks that each path in `paths` leads from the router to the site of a node, over the media that it has keys for.
 * Throws `ConfigError` with the place of the first mistake.
 */
export const checkPaths = (config: Config<ScenarioConfig>): void => {
  const { sites, router, nodes, paths } = config.value;
  const known = [...new Set(Object.values(nodes).map(({ site }) => `${router.site}/${site}`))];
  for (const [key, path] of Object.entries(paths)) {
    const stranger = key.split('/').find((site) => !Object.hasOwn(sites, site));
    if (stranger !== undefined) {
      const near = suggestion(stranger, Object.keys(sites));
      throw config.mistake(['paths', key], `names "${stranger}", which is no site; ${near}`);
    }
    if (!known.includes(key)) {
      throw config.mistake(
        ['paths', key],
        `is no path from the router to the site of a node; ${suggestion(key, known)}`,
      );
    }
    for (const medium of ['fibre', 'laser'] as const) {
      const isRecorded = path.recorded?.[medium] !== undefined;
      if (path[medium] === undefined && !isRecorded) continue;
      const isUsed = Object.values(nodes).some(
        ({ site, media }) => `${router.site}/${site}` === key && media.includes(medium),
      );
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
