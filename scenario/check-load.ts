import type { Config } from '../core/config/read-config.ts';
import { RATE_OF_TRACE } from '../workload/load-schema.ts';
import type { ScenarioConfig } from './schema.ts';

/** Checks that a load says once how fast it is. */
export const checkLoad = (config: Config<ScenarioConfig>): void => {
  const { ratePerS, trace } = config.value.load;
  if (ratePerS === RATE_OF_TRACE || typeof trace === 'string' || trace.timeScale === undefined) return;
  throw config.mistake(
    ['load', 'trace', 'timeScale'],
    `is ${trace.timeScale}, but load.ratePerS is ${ratePerS}; expected one of the two: without a rate the trace is played at its own times`,
  );
};
