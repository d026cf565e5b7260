import { Argument, type Command } from 'commander';
import { z } from 'zod';
import { ConfigError } from '../core/config/config-error.ts';
import { suggestion } from '../core/config/nearest.ts';
import { textTable } from '../report/text-table.ts';
import { schemaOf } from '../router/pick/create-policy.ts';
import { isPolicyName, type PolicyName, policies, policyNames } from '../router/pick/registry.ts';
import { policyEssay } from './io/policy-essay.ts';

const HELP = `
Examples:
  starlane policies
  starlane policies prequal
  starlane simulate scenarios/atlantic.yaml --policy prequal,ephemeris

A policy of your own is a file that a scenario names: see router/POLICIES.md.`;

export const policiesCommand = (command: Command): Command =>
  command
    .addArgument(new Argument('[name]', 'one policy: its formula, parameters, defaults and source'))
    .option('--json', 'print JSON instead of text', false)
    .addHelpText('after', HELP)
    .action((name: string | undefined, { json }: { readonly json: boolean }) => {
      if (name !== undefined && !isPolicyName(name))
        throw new ConfigError('policy', `is ${name}; ${suggestion(name, policyNames)}`);
      const shown = (name === undefined ? policyNames : [name]).map(described);
      if (json) process.stdout.write(`${JSON.stringify(name === undefined ? shown : shown[0], null, 2)}\n`);
      else process.stdout.write(`${(name === undefined ? overview(shown) : page(shown[0]!)).join('\n')}\n`);
    });

/** A policy as it is told to people. */
interface Described {
  readonly name: PolicyName;
  readonly summary: string;
  /** Its formula, worked example and source. */
  readonly essay: string;
  readonly isBound: boolean;
  readonly parameters: readonly { readonly name: string; readonly default: unknown; readonly description: string }[];
}

const described = (name: PolicyName): Described => {
  const { description = '', properties = {} } = z.toJSONSchema(schemaOf(name), { io: 'input', unrepresentable: 'any' });
  return {
    name,
    summary: description,
    essay: policyEssay(name),
    isBound: policies[name].isBound,
    parameters: Object.entries(properties).map(([key, of]) => {
      const { default: usual, description: what = '' } = typeof of === 'object' ? of : {};
      return { name: key, default: usual, description: what };
    }),
  };
};

const overview = (all: readonly Described[]): readonly string[] => [
  ...textTable(
    [
      { title: 'policy', align: 'left' },
      { title: 'chooses', align: 'left' },
    ],
    all.map(({ name, summary, isBound }) => [name, isBound ? `${summary} (simulate only)` : summary]),
  ),
  '',
  'One of them: starlane policies NAME',
];

const page = ({ name, summary, essay, isBound, parameters }: Described): readonly string[] => [
  `${name}: ${summary}`,
  ...(isBound ? ['', 'A bound: it knows what no router can, and runs with simulate only.'] : []),
  '',
  essay,
  '',
  ...(parameters.length === 0
    ? ['No parameters.']
    : [
        `Parameters, under router.policies.${name} of a scenario or beside use of a variant:`,
        '',
        ...textTable(
          [
            { title: 'parameter', align: 'left' },
            { title: 'default', align: 'left' },
            { title: 'is', align: 'left' },
          ],
          parameters.map((each) => [each.name, JSON.stringify(each.default) ?? '-', each.description]),
        ),
      ]),
];
