import { z } from 'zod';
import { ConfigError, type Position } from './config-error.ts';
import { mistakeOf, valueAt } from './expectation.ts';
import { branchMeant } from './union-branch.ts';
import { parseYaml, type YamlSource } from './yaml-source.ts';

/** A checked document that knows the position of each value, for checks that run later. */
export interface Config<T> {
  readonly value: T;
  /** The mistake at `path`, with its position. */
  mistake(path: readonly PropertyKey[], message: string): ConfigError;
}

/** Parses and checks a YAML text. Throws `ConfigError` with the place, the value and the expectation of the first mistake. */
export const readConfig = <Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
): Config<z.output<Schema>> => {
  const source = parseYaml(text, file);
  const checked = schema.safeParse(source.value);
  if (!checked.success) throw firstMistake(checked.error, source, schema);
  return {
    value: checked.data,
    mistake: (path, message) => new ConfigError(dotted(path), message, source.position(path)),
  };
};

const firstMistake = (error: z.ZodError, source: YamlSource, schema: z.ZodType): ConfigError => {
  const mistakes = error.issues
    .flatMap((issue) => branchMeant(issue, valueAt(source.value, issue.path)))
    .map((issue) => mistakeOf(issue, source.value, (path) => knownKeys(schema, path)))
    .map((mistake) => ({ ...mistake, position: source.position(mistake.path, mistake.part) }))
    .sort((a, b) => order(a.position, b.position) || a.part.localeCompare(b.part)); // a misspelt key before what it hides
  const [first, ...rest] = mistakes;
  const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`;
  return new ConfigError(dotted(first!.path), `${first!.message}${more}`, first!.position);
};

const order = (a: Position, b: Position): number => a.line - b.line || a.column - b.column;

/** The keys that `schema` knows at `path`, over all branches of a union. */
const knownKeys = (schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] => {
  let nodes: readonly JsonSchema[] = [z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema];
  for (const step of path) nodes = nodes.flatMap(branches).flatMap((node) => childrenOf(node, step));
  return [...new Set(nodes.flatMap(branches).flatMap((node) => Object.keys(node.properties ?? {})))];
};

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

const branches = (node: JsonSchema): readonly JsonSchema[] => [
  node,
  ...[node.anyOf, node.oneOf, node.allOf].flatMap((some) => some ?? []).flatMap(branches),
];

const childrenOf = (node: JsonSchema, step: PropertyKey): readonly JsonSchema[] => {
  const named = node.properties?.[String(step)];
  const other = typeof node.additionalProperties === 'object' ? node.additionalProperties : node.items;
  return [named ?? other].filter((child) => child !== undefined);
};

const dotted = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
