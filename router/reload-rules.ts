import type { z } from 'zod';
import type { routerSchema } from './schema.ts';

/**
 * Who takes a key of the configuration when it is loaded again while a router runs: the policy, the `Router` with its filters and its table,
 * the data path, or the process when it ends. A key of `restart` cannot change: such a configuration is refused.
 */
export type ReloadRule = 'policy' | 'router' | 'data-path' | 'end' | 'restart';

type RouterKey = keyof z.output<typeof routerSchema>;

/**
 * For every key of the router's part of a scenario. What a router may know of its paths is a condition of an experiment, and the data path holds
 * its connections.
 */
export const reloadRules = {
  knowledge: 'restart',
  maxAttempts: 'router',
  retry: 'router',
  firstTokenTimeout: 'router',
  hedge: 'router',
  maxOutstanding: 'router',
  queue: 'router',
  drainS: 'end',
  idleS: 'data-path',
  maxConnections: 'data-path',
  bytesPerToken: 'data-path',
  dataPath: 'restart',
  health: 'router',
  signals: 'router',
  ewma: 'router',
  residual: 'router',
  prices: 'policy',
  hysteresis: 'policy',
  subset: 'router',
  slowStart: 'router',
  ejection: 'router',
  breaker: 'router',
  panicShare: 'router',
  policies: 'policy',
} as const satisfies Record<RouterKey, ReloadRule>;

/** The keys that a rule is about. */
export type KeysOf<Rule extends ReloadRule> = {
  [Key in RouterKey]: (typeof reloadRules)[Key] extends Rule ? Key : never;
}[RouterKey];
