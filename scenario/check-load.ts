import { type DocumentEdit, dottedPath } from '../core/config/document-edit.ts';
import type { Config } from '../core/config/read-config.ts';
import { RATE_OF_TRACE } from '../workload/load-schema.ts';
import type { ScenarioConfig } from './schema.ts';

/**
 * Checks that a load says once how fast it is, and that none of its processes is without a client. `ratePerS` and `edits` are those of the
 * command line. Throws `ConfigError` with the place of the mistake.
 */
export const checkLoad = (
  config: Config<ScenarioConfig>,
  { ratePerS, edits = [] }: { readonly ratePerS?: number | undefined; readonly edits?: readonly DocumentEdit[] } = {},
): void => {
  checkRate(config);
  const { load, clients } = config.value;
  if (load.users !== undefined && ratePerS !== undefined) {
    throw config.mistake(
      ['load', 'users'],
      `is ${load.users}: users who wait for answers have no rate, but ${ratePerS} a second is asked for; expected --set load.users=N`,
    );
  }
  // The rate of a file counts for nothing beside users that are set over it; one that is asked for would be missed.
  if (load.users !== undefined && edits.some(({ path }) => dottedPath(path) === 'load.ratePerS')) {
    throw config.mistake(
      ['load', 'ratePerS'],
      `has no meaning: ${load.users} users wait for answers, whatever the rate; expected --set load.users=N`,
    );
  }
  const most = Math.max(1, Object.keys(clients).length);
  if (load.processes <= most) return;
  throw config.mistake(
    ['load', 'processes'],
    `is ${load.processes}, expected at most ${most}: a client is in one process, and there are ${most}`,
  );
};

const checkRate = (config: Config<ScenarioConfig>): void => {
  const { ratePerS, trace, users } = config.value.load;
  if (ratePerS === RATE_OF_TRACE || typeof trace === 'string' || trace.timeScale === undefined) return;
  if (users !== undefined)
    throw config.mistake(
      ['load', 'trace', 'timeScale'],
      `is ${trace.timeScale}, expected none: ${users} users wait for answers, and take no times from the trace`,
    );
  throw config.mistake(
    ['load', 'trace', 'timeScale'],
    `is ${trace.timeScale}, but load.ratePerS is ${ratePerS}; expected one of the two: without a rate the trace is played at its own times`,
  );
};
