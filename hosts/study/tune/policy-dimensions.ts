import { z } from 'zod';
import { ConfigError } from '../../../core/config/config-error.ts';
import { suggestion } from '../../../core/config/nearest.ts';
import type { TuneHint } from '../../../core/config/tune-hint.ts';
import { schemaOf } from '../../../router/pick/create-policy.ts';
import { loadedPolicy } from '../../../router/pick/io/loaded-policy.ts';
import { isPolicyName } from '../../../router/pick/registry.ts';
import { routerSchema } from '../../../router/schema.ts';
import { meantPolicy } from '../../../scenario/meant-policy.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import type { Dimension, Range, Value } from './dimension.ts';
import type { TuneRange } from './tune-range.ts';

/** What can be searched of a policy. */
export interface PolicySpace {
  readonly dimensions: readonly Dimension[];
  /** Parameters that are not searched, and why: `spread, which has no bounds`. */
  readonly left: readonly string[];
}

/**
 * The parameters of `policy`, or of a variant of one, as its schema describes them, and the settings of the router that the schema names.
 * `ranges` add to them or take the place of theirs; with `only` no other is searched. Throws `ConfigError`.
 */
export const policySpace = (
  scenario: Pick<Scenario, 'router' | 'files'>,
  policy: string,
  { ranges, only }: { readonly ranges: readonly TuneRange[]; readonly only: readonly string[] },
): PolicySpace => {
  const { holder, schema, params } = homeOf(scenario, policy);
  const left: string[] = [];
  const found = new Map<string, Dimension>();
  const consider = (path: string, described: Described, usual: unknown): void => {
    const range = rangeOf(described);
    if (typeof range === 'string') left.push(`${path}, which ${range}`);
    else found.set(path, { path, usual: isValue(usual) ? usual : null, range });
  };
  for (const [name, described] of Object.entries(schema.properties ?? {}))
    consider(`${holder}.${name}`, described, params[name]);
  for (const path of alsoOf(schema)) {
    consider(path, describedAt(path) ?? {}, valueIn(scenario, path));
  }
  const named = new Map<string, TuneRange>();
  for (const given of ranges) {
    const path = Object.hasOwn(schema.properties ?? {}, given.path) ? `${holder}.${given.path}` : given.path;
    if (named.has(path)) throw new ConfigError('--vary', `has ${given.path} twice`);
    named.set(path, given);
    const usual = path.startsWith(`${holder}.`) ? params[path.slice(holder.length + 1)] : valueIn(scenario, path);
    if (!isValue(usual))
      throw new ConfigError(
        '--vary',
        `has ${given.path}, which is no setting of the router; ${suggestion(given.path, namesOf(found, holder))}`,
      );
    const isWhole = (describedAt(path) ?? schema.properties?.[path.slice(holder.length + 1)])?.type === 'integer';
    found.set(path, { path, usual, range: given.range.kind === 'numbers' ? { ...given.range, isWhole } : given.range });
  }
  const wanted = only.map((name) => {
    const path = found.has(name) ? name : `${holder}.${name}`;
    if (!found.has(path))
      throw new ConfigError(
        '--only',
        `has ${name}, which is not searched; ${suggestion(name, namesOf(found, holder))}`,
      );
    return path;
  });
  const dimensions = [...found.values()].filter(({ path }) => wanted.length === 0 || wanted.includes(path));
  if (dimensions.length > 0) return { dimensions, left: left.filter((each) => !found.has(each.split(',')[0]!)) };
  const why = left.length === 0 ? 'has no parameters' : `has no parameter that can be searched: ${left.join('; ')}`;
  throw new ConfigError(
    '--policy',
    `is ${policy}, which ${why}; expected --vary PATH=FROM..TO beside it${left.length === 0 ? '' : ', or .meta({ tune: { from, to } }) in its schema'}`,
  );
};

/** What users may call what is searched: parameters of the policy by their names alone. */
const namesOf = (found: ReadonlyMap<string, Dimension>, holder: string): readonly string[] =>
  [...found.keys()].map((path) => (path.startsWith(`${holder}.`) ? path.slice(holder.length + 1) : path));

/** What a JSON Schema says of a value. */
interface Described {
  readonly type?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly tune?: TuneHint;
}

/** Where the parameters of a policy are in the scenario, what describes them, and what they are now. */
const homeOf = ({ router, files }: Pick<Scenario, 'router' | 'files'>, name: string) => {
  const { policy, params } = meantPolicy(router, name)!;
  const schema = isPolicyName(policy) ? schemaOf(policy) : loadedPolicy(files[policy]!, policy).schema(z);
  const holder = Object.hasOwn(router.variants, name) ? `router.variants.${name}` : `router.policies.${name}`;
  return { holder, schema: describedBy(schema), params };
};

const describedBy = (schema: z.ZodType): Described =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Described;

const alsoOf = ({ tune }: Described): readonly string[] =>
  typeof tune === 'object' && 'also' in tune ? tune.also : [];

const describedAt = (path: string): Described | undefined => {
  const [first, ...keys] = path.split('.');
  if (first !== 'router') return undefined;
  return keys.reduce<Described | undefined>((of, key) => of?.properties?.[key], describedBy(routerSchema));
};

const valueIn = (scenario: object, path: string): unknown =>
  !path.startsWith('router.')
    ? undefined
    : path
        .split('.')
        .reduce<unknown>((of, key) => (of as Readonly<Record<string, unknown>> | undefined)?.[key], scenario);

const isValue = (value: unknown): value is Value => ['number', 'string', 'boolean'].includes(typeof value);

/** The range of a parameter, or why it has none. The bounds of its schema hold for every value in it. */
const rangeOf = (described: Described): Range | string => {
  const { type, tune } = described;
  if (tune === false) return 'no simulation can tell';
  if (typeof tune === 'object' && 'values' in tune) return { kind: 'values', values: tune.values };
  if (described.enum?.every(isValue)) return { kind: 'values', values: described.enum };
  if (type === 'boolean') return { kind: 'values', values: [false, true] };
  if (type !== 'number' && type !== 'integer') return 'is no single value';
  const isWhole = type === 'integer';
  const hint = typeof tune === 'object' && 'from' in tune ? tune : null;
  const [least, most] = [
    described.minimum ?? described.exclusiveMinimum,
    described.maximum ?? described.exclusiveMaximum,
  ];
  const from = hint?.from ?? bounded(least);
  const to = hint?.to ?? bounded(most);
  if (from === null || to === null) return 'has no bounds';
  // The ends of an open range are not in it.
  const margin = isWhole ? 1 : (to - from) / 1000;
  return {
    kind: 'numbers',
    from: from === described.exclusiveMinimum ? from + margin : from,
    to: to === described.exclusiveMaximum ? to - margin : to,
    isWhole,
    step: null,
  };
};

/** Whole numbers without a bound have that of what a number can hold. */
const bounded = (bound: number | undefined): number | null =>
  bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? null : bound;
