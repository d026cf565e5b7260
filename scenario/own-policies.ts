import { z } from 'zod';
import { ConfigError } from '../core/config/config-error.ts';
import { mistakeOf } from '../core/config/expectation.ts';
import type { Config } from '../core/config/read-config.ts';
import { seededRng } from '../core/random/rng.ts';
import { loadedPolicy } from '../router/pick/io/loaded-policy.ts';
import { isOwnPolicy, ownPolicyTools } from '../router/pick/own-policy.ts';
import type { Policy } from '../router/pick/policy.ts';
import type { ScenarioConfig } from './schema.ts';

type Params = Readonly<Record<string, unknown>>;

/** The variants whose policies are in files that the scenario names. */
export const ownVariantsOf = ({ router }: ScenarioConfig): readonly { readonly name: string; readonly use: string }[] =>
  Object.entries(router.variants)
    .map(([name, { use }]) => ({ name, use }))
    .filter(({ use }) => isOwnPolicy(use));

/**
 * The config with the parameters of those variants as their files check them, with defaults; each policy is made once, to see that it can
 * be. `files` has the text of each file. Throws `ConfigError` with the place of the first mistake.
 */
export const withOwnPolicies = (
  config: Config<ScenarioConfig>,
  value: ScenarioConfig,
  files: Readonly<Record<string, string>>,
): ScenarioConfig => {
  const own = ownVariantsOf(value);
  if (own.length === 0) return value;
  const variants = { ...value.router.variants };
  for (const { name, use } of own) {
    const { use: _use, ...params } = variants[name]!;
    const checked = checkedParams(config, { name, use, params, text: files[use]! });
    variants[name] = { ...checked, use: use as `./${string}` };
  }
  return { ...value, router: { ...value.router, variants } };
};

/** The policy in the text of a file, by parameters that were checked. */
export const madeOwnPolicy = (
  text: string,
  file: string,
  params: unknown,
  rng = seededRng(0)('policy/own'),
): Policy => {
  const { create } = loadedPolicy(text, file);
  const made: Partial<Policy> | undefined = create(params as never, ownPolicyTools(rng));
  if (typeof made?.pick === 'function' && typeof made.name === 'string') return made as Policy;
  throw new ConfigError('', `${file}: its create gives no policy, expected an object with name and pick`);
};

const checkedParams = (
  config: Config<ScenarioConfig>,
  {
    name,
    use,
    params,
    text,
  }: { readonly name: string; readonly use: string; readonly params: Params; readonly text: string },
): Params => {
  const path = ['router', 'variants', name];
  try {
    const schema = loadedPolicy(text, use).schema(z);
    const parsed = schema.safeParse(params);
    if (!parsed.success) {
      const { path: at, message } = mistakeOf(parsed.error.issues[0]!, params, () => keysOf(schema));
      throw config.mistake([...path, ...at], message);
    }
    madeOwnPolicy(text, use, parsed.data);
    return parsed.data as Params;
  } catch (error) {
    if (error instanceof ConfigError && error.position !== undefined) throw error;
    throw config.mistake([...path, 'use'], `names a policy: ${error instanceof Error ? error.message : error}`);
  }
};

const keysOf = (schema: z.ZodType): readonly string[] =>
  Object.keys(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }).properties ?? {});
