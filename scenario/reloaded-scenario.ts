import { ConfigError } from '../core/config/config-error.ts';
import { type DocumentDifference, documentDifferences } from '../core/config/document-differences.ts';
import { dottedPath } from '../core/config/document-edit.ts';
import type { RouterChange } from '../core/event/event.ts';
import { isOwnPolicy } from '../router/pick/own-policy.ts';
import { type ReloadRule, reloadRules } from '../router/reload-rules.ts';
import { namesOfPolicies } from './meant-policy.ts';
import { ownVariantsOf } from './own-policies.ts';
import type { routersSchema } from './router-schema.ts';
import { type Overrides, placedScenario, type Scenario, type TextOf } from './scenario.ts';
import type { ScenarioConfig } from './schema.ts';

/** What a scenario adds to the router's part. */
const SCENARIO_RULES = {
  site: 'restart',
  reaches: 'restart',
  variants: 'policy',
} as const satisfies Record<Exclude<keyof ScenarioConfig['router'], keyof typeof reloadRules>, ReloadRule>;

const ROUTER_RULES: Readonly<Record<string, ReloadRule>> = { ...reloadRules, ...SCENARIO_RULES };

/** What one of several routers has of its own. */
const OWN_RULES: Readonly<Record<string, ReloadRule>> = {
  site: 'restart',
  serves: 'restart',
  reaches: 'restart',
  policies: 'policy',
} satisfies Record<keyof typeof routersSchema.valueType.shape, ReloadRule>;

/** What becomes of a scenario whose router's part was edited while it runs. */
export interface ReloadedScenario {
  readonly scenario: Scenario;
  /** The policy or variant that it goes on with; left out for the one that runs. */
  readonly policy?: string;
  /** In the order of the file; empty where nothing is another than it was. */
  readonly changes: readonly RouterChange[];
}

export interface ReloadOptions {
  readonly text: string;
  readonly file: string;
  readonly overrides: Overrides;
  /** Gives the text of a policy that it names; other files are as they were when the scenario was read first. */
  readonly textOf: TextOf;
  /** The names of policies and variants that run. */
  readonly policies: readonly string[];
}

/**
 * The scenario that goes on with the router's part of an edited file. Throws `ConfigError` with the place of the first mistake: also for a
 * value that cannot change while it runs, and where a policy that runs has no name any more.
 */
export const reloadedScenario = (running: Scenario, options: ReloadOptions): ReloadedScenario => {
  const { text, file, overrides, policies } = options;
  const asRead = (named: string): string => {
    const known = running.files[named];
    if (known === undefined) throw new ConfigError('', `${named} is another one, expected no change while it runs`);
    return known;
  };
  const textOf: TextOf = (named, what) => (isOwnPolicy(named) ? options.textOf(named, what) : asRead(named));
  const { scenario: read, mistake } = placedScenario(text, file, overrides, {
    textOf,
    windowTextOf: ({ file: named }) => asRead(named),
  });
  const changed = documentDifferences(comparable(running), comparable(read));
  const fixed = changed.find(({ path }) => !isLiveKey(path));
  if (fixed !== undefined) {
    const { path, from, to } = fixed;
    const message = `is ${shown(to)} and was ${shown(from)}, expected no change while it runs`;
    throw mistake(path, message);
  }
  const names = namesOfPolicies(read.router, { simulated: false });
  const gone = policies.find((policy) => !names.includes(policy));
  if (gone !== undefined) {
    throw mistake(['router', 'variants'], `has no "${gone}" any more, which is what runs; expected it to stay`);
  }
  const { router, routers, files } = read;
  const scenario = {
    ...running,
    router,
    ...(routers !== undefined && { routers }),
    files: { ...running.files, ...files },
  };
  return { scenario: Object.freeze(scenario), changes: [...changed.map(changeOf), ...editedPolicies(running, read)] };
};

const comparable = ({ hash: _hash, files: _files, epochUnixMs: _epoch, ...config }: Scenario): object => config;

/** Whether a router may be told another value there while it runs. */
export const isLiveKey = ([part, key, ofOne]: DocumentDifference['path']): boolean => {
  const rule =
    part === 'router' ? ROUTER_RULES[String(key)] : part === 'routers' ? OWN_RULES[String(ofOne)] : undefined;
  return rule !== undefined && rule !== 'restart';
};

/** What of the routers' parts is another in the second scenario. */
export const routerChanges = (before: Scenario, after: Scenario): readonly RouterChange[] => {
  const partOf = ({ router, routers }: Scenario): object => ({ router, routers });
  return documentDifferences(partOf(before), partOf(after)).map(changeOf);
};

const changeOf = ({ path, from, to }: DocumentDifference): RouterChange => ({
  key: dottedPath(path),
  from: plain(from),
  to: plain(to),
});

/** The files with policies whose text is another. */
const editedPolicies = (running: Scenario, read: Scenario): readonly RouterChange[] =>
  ownVariantsOf(read).flatMap(({ name, use }) => {
    const before = running.files[use];
    if (before === undefined || before === read.files[use]) return [];
    return [{ key: `router.variants.${name}.use`, from: use, to: `${use}, edited` }];
  });

const plain = (value: unknown): RouterChange['from'] => {
  if (value === undefined) return null;
  return value === null || typeof value === 'object' ? JSON.stringify(value) : (value as RouterChange['from']);
};

const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
};

const LONGEST_SHOWN = 60;
