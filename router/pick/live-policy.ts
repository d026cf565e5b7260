import { ConfigError } from '../../core/config/config-error.ts';
import { type PolicyName, policyNames } from './registry.ts';

/** The policies that a live router can have: all but the one that only a simulation can offer its inputs. */
export const livePolicyNames: readonly PolicyName[] = policyNames.filter((name) => name !== 'oracle');

/** The name in an order `{ "policy": NAME }`. @throws ConfigError where there is none that a live router can have. */
export const orderedPolicy = (order: unknown): PolicyName => {
  const name = (order as { readonly policy?: unknown } | null)?.policy;
  if (typeof name !== 'string') throw new ConfigError('policy', 'is missing, expected { "policy": NAME }');
  checkLivePolicy(name, 'policy');
  return name as PolicyName;
};

/** @throws ConfigError, placed at `path`, for what is no policy of a live router. */
export const checkLivePolicy = (name: string, path: string): void => {
  if (!livePolicyNames.some((known) => known === name)) {
    throw new ConfigError(path, `is "${name}", expected one of ${livePolicyNames.join(', ')}`);
  }
};
