import { ConfigError } from '../../core/config/config-error.ts';
import { suggestion } from '../../core/config/nearest.ts';
import { attemptCount } from './attempt-count.ts';
import { calledRouter } from './called-router.ts';
import type { Grouping } from './grouping.ts';
import { lastEndpoint } from './last-endpoint.ts';
import { node } from './node.ts';
import { pathMedium } from './path-medium.ts';
import { provider } from './provider.ts';
import { region } from './region.ts';
import { requestClass } from './request-class.ts';
import { slotPhase } from './slot-phase.ts';
import { tenant } from './tenant.ts';

/** Every way to divide the requests of a run, by its name after `--by` and in `summary.json`. */
export const groupings = {
  region,
  router: calledRouter,
  class: requestClass,
  tenant,
  provider,
  node,
  endpoint: lastEndpoint,
  medium: pathMedium,
  'slot-phase': slotPhase,
  attempts: attemptCount,
} as const satisfies Readonly<Record<string, Grouping>>;

export type GroupingName = keyof typeof groupings;

export const groupingNames = Object.keys(groupings) as readonly GroupingName[];

/** Reads `region,provider`. `place` is where the user wrote it, such as `--by`. Throws `ConfigError` for a name of none. */
export const groupingsIn = (text: string, place: string): readonly GroupingName[] => {
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!Object.hasOwn(groupings, name))
      throw new ConfigError(place, `has "${name}", which is no grouping; ${suggestion(name, groupingNames)}`);
  }
  return [...new Set(names as GroupingName[])];
};
