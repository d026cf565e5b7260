import { ConfigError } from '../../core/config/config-error.ts';
import { isBound, type PolicyName, policyNames } from './registry.ts';

/** The policies that a live router can have: all but the bounds, to which only a simulation can offer their inputs. */
export const livePolicyNames: readonly PolicyName[] = policyNames.filter((name) => !isBound(name));

/** The name in an order `{ "policy": NAME }`. @throws ConfigError where it is none of `known`. */
export const orderedPolicy = <Name extends string>(order: unknown, known: readonly Name[]): Name => {
  const name = (order as { readonly policy?: unknown } | null)?.policy;
  if (typeof name !== 'string') throw new ConfigError('policy', 'is missing, expected { "policy": NAME }');
  if (known.some((each) => each === name)) return name as Name;
  throw new ConfigError('policy', `is "${name}", expected one of ${known.join(', ')}`);
};
