import { ConfigError } from '../core/config/config-error.ts';
import { suggestion } from '../core/config/nearest.ts';
import { overridden } from '../core/config/overrides.ts';
import type { Config } from '../core/config/read-config.ts';
import { isOwnPolicy } from '../router/pick/own-policy.ts';
import { isBound, isPolicyName, policyNames } from '../router/pick/registry.ts';
import type { ScenarioConfig } from './schema.ts';

type RouterConfig = ScenarioConfig['router'];

/** The policy that a name stands for, and its parameters. */
export interface MeantPolicy {
  /** A policy of the registry, or the file with it as the scenario names it. */
  readonly policy: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What a policy's or a variant's name means to a router; null for any other. */
export const meantPolicy = (
  { policies, variants }: Pick<RouterConfig, 'policies' | 'variants'>,
  name: string,
): MeantPolicy | null => {
  const variant = Object.hasOwn(variants, name) ? variants[name]! : { use: name };
  const { use, ...params } = variant;
  if (isOwnPolicy(use)) return { policy: use, params };
  return isPolicyName(use) ? { policy: use, params: overridden<MeantPolicy['params']>(policies[use], params) } : null;
};

/** Names of policies and variants that a run may have; bounds need to know what no live router can. */
export const namesOfPolicies = (
  { variants }: Pick<RouterConfig, 'variants'>,
  { simulated }: { readonly simulated: boolean },
): readonly string[] =>
  [...policyNames, ...Object.keys(variants)].filter((name) => simulated || !isBound(useOf(variants, name)));

const useOf = (variants: RouterConfig['variants'], name: string): string => variants[name]?.use ?? name;

/** @throws ConfigError, placed at `path`, for a name of neither, and for the oracle outside of virtual time. */
export const checkPolicy = (
  router: Pick<RouterConfig, 'variants'>,
  name: string,
  { simulated, path = '--policy' }: { readonly simulated: boolean; readonly path?: string },
): void => {
  const usable = namesOfPolicies(router, { simulated });
  if (usable.includes(name)) return;
  if (isBound(useOf(router.variants, name)))
    throw new ConfigError(path, `is ${name}, which knows what no live router can; expected it with simulate only`);
  throw new ConfigError(path, `has "${name}", which is no policy; ${suggestion(name, usable)}`);
};

/** A variant takes no name of a policy. Throws `ConfigError` with the place of the first that does. */
export const checkVariants = (config: Config<ScenarioConfig>): void => {
  const taken = Object.keys(config.value.router.variants).find(isPolicyName);
  if (taken === undefined) return;
  throw config.mistake(['router', 'variants', taken], 'has the name of a policy, expected another one');
};
