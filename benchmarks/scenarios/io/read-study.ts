import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../../core/config/config-error.ts';
import { suggestion } from '../../../core/config/nearest.ts';
import { type Config, readConfig } from '../../../core/config/read-config.ts';
import { ScenarioSource } from '../../../scenario/io/scenario-file.ts';
import { checkPolicy } from '../../../scenario/meant-policy.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import { groupOf } from '../column.ts';
import { rowNameOf, type ScenarioStudy, studySchema } from '../study.ts';

/**
 * Reads the study in `file`. All that can be wrong is found now, not after hours of simulations: policies, values, rows of the answer, and groups of
 * columns. Throws `ConfigError` with the place.
 */
export const readStudy = (file: string, scenarios = 'scenarios'): ScenarioStudy => {
  const config = readConfig(readFileSync(file, 'utf8'), file, studySchema);
  const { value: study } = config;
  const source = sourceOf(config, scenarios);
  const scenarioOf = (path: readonly PropertyKey[], set: readonly string[]): Scenario =>
    placed(config, path, () => source.scenario({ set }));
  const usual = scenarioOf(['scenario'], []);
  for (const [index, { policy, set }] of study.runs.entries()) {
    const { router } = scenarioOf(['runs', index, 'set'], set);
    placed(config, ['runs', index, 'policy'], () => checkPolicy(router, policy, { simulated: true, path: '' }));
  }
  const { names = [], set = [] } = study.policies ?? {};
  const { router } = scenarioOf(['policies', 'set'], set);
  for (const [index, name] of names.entries())
    placed(config, ['policies', 'names', index], () => checkPolicy(router, name, { simulated: true, path: '' }));
  checkRows(config);
  for (const [index, name] of study.columns.entries()) checkGroup(config, ['columns', index], { name, usual });
  for (const [index, { by }] of study.answer.entries())
    for (const [at, name] of by.entries()) checkGroup(config, ['answer', index, 'by', at], { name, usual });
  return study;
};

const sourceOf = (config: Config<ScenarioStudy>, scenarios: string): ScenarioSource =>
  placed(config, ['scenario'], () => new ScenarioSource(join(scenarios, config.value.scenario)));

/** What `read` returns; its mistake is told with the place in the study that leads to it. */
const placed = <T>(config: Config<ScenarioStudy>, path: readonly PropertyKey[], read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) throw config.mistake(path, `is wrong: ${error.message}`);
    throw error;
  }
};

const checkRows = (config: Config<ScenarioStudy>): void => {
  const { runs, answer } = config.value;
  const names = runs.map(rowNameOf);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice >= 0)
    throw config.mistake(['runs', twice], `is a second row "${names[twice]}", expected another name by its \`as\``);
  for (const [index, { row, against }] of answer.entries()) {
    for (const [key, name] of Object.entries({ row, against })) {
      if (name !== undefined && !names.includes(name))
        throw config.mistake(['answer', index, key], `is "${name}", which is no row; ${suggestion(name, names)}`);
    }
  }
};

/** A group that no request can be in would be a column without figures, or one of zeros. */
const checkGroup = (
  config: Config<ScenarioStudy>,
  path: readonly PropertyKey[],
  { name, usual }: { readonly name: string; readonly usual: Scenario },
): void => {
  const named = groupOf(name);
  const known = named === null ? null : groupsIn(usual, named.grouping);
  if (named === null || known === null || known.includes(named.group)) return;
  throw config.mistake(
    path,
    `has ${named.grouping} "${named.group}", which is none; ${suggestion(named.group, known)}`,
  );
};

/** The names of the groups of a grouping; null for those that only a run has. */
const groupsIn = ({ clients, load, nodes }: Scenario, grouping: string): readonly string[] | null => {
  if (grouping === 'region') return Object.keys(clients);
  if (grouping === 'medium') return ['fibre', 'laser'];
  if (grouping === 'class') return Object.keys(load.classes ?? {});
  return grouping === 'provider' ? [...new Set(Object.values(nodes).map(({ provider }) => provider))] : null;
};
