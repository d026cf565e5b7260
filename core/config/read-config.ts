import { z } from 'zod';
import { ConfigError, type Position } from './config-error.ts';
import { type DocumentEdit, dottedPath, editedDocument } from './document-edit.ts';
import { mistakeOf, valueAt } from './expectation.ts';
import { branchMeant } from './union-branch.ts';
import { parseYaml, type YamlSource } from './yaml-source.ts';

/** A checked document that knows the position of each value, for checks that run later. */
export interface Config<T> {
  readonly value: T;
  /** The mistake at `path`, with its position. */
  mistake(path: readonly PropertyKey[], message: string): ConfigError;
}

/**
 * Parses and checks a YAML text, with edits from elsewhere. Throws `ConfigError` with the place, the value and the expectation of the first
 * mistake; one that an edit brings in has the edit as its place.
 */
export const readConfig = <Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
  edits: readonly DocumentEdit[] = [],
): Config<z.output<Schema>> => {
  const source = withEdits(parseYaml(text, file), edits);
  const checked = schema.safeParse(source.value);
  if (!checked.success) throw firstMistake(checked.error, source, schema);
  return {
    value: checked.data,
    mistake: (path, message) => mistakeAt(path, message, source.placeOf(path)),
  };
};

/** Where a value comes from: a position in the file, or an edit. */
type Place = Position | DocumentEdit;

interface EditedSource {
  readonly value: unknown;
  placeOf(path: readonly PropertyKey[], part?: 'key' | 'value'): Place;
}

const withEdits = ({ value, position }: YamlSource, edits: readonly DocumentEdit[]): EditedSource => ({
  value: editedDocument(value, edits),
  placeOf: (path, part) => {
    const edit = edits.findLast((each) => startsWith(path, each.path));
    if (edit !== undefined) return edit;
    // An edit of `a.b.c` also makes `a` and `a.b` where the document has none.
    const made = [path, path.slice(0, -1)]
      .filter((each) => valueAt(value, each) === undefined)
      .map((each) => edits.find((edit) => startsWith(edit.path, each)))
      .find((each) => each !== undefined);
    return made ?? position(path, part);
  },
});

const startsWith = (path: readonly PropertyKey[], start: readonly PropertyKey[]): boolean =>
  start.every((step, depth) => step === path[depth]);

const mistakeAt = (path: readonly PropertyKey[], message: string, place: Place): ConfigError =>
  'source' in place
    ? new ConfigError(`${place.source}:`, `${dottedPath(path)} ${message}`)
    : new ConfigError(dottedPath(path), message, place);

const firstMistake = (error: z.ZodError, source: EditedSource, schema: z.ZodType): ConfigError => {
  const mistakes = error.issues
    .flatMap((issue) => branchMeant(issue, valueAt(source.value, issue.path)))
    .map((issue) => mistakeOf(issue, source.value, (path) => knownKeys(schema, path, source.value)))
    .map((mistake) => ({ ...mistake, place: source.placeOf(mistake.path, mistake.part) }))
    .sort((a, b) => order(a.place, b.place) || a.part.localeCompare(b.part)); // a misspelt key before what it hides
  const [first, ...rest] = mistakes;
  const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`;
  return mistakeAt(first!.path, `${first!.message}${more}`, first!.place);
};

/** Mistakes of edits come first. */
const order = (a: Place, b: Place): number => {
  if ('source' in a || 'source' in b) return Number('source' in b) - Number('source' in a);
  return a.line - b.line || a.column - b.column;
};

/** The keys that `schema` knows at `path`, over all branches of a union that have the kind of the value there. */
const knownKeys = (schema: z.ZodType, path: readonly PropertyKey[], document: unknown): readonly string[] => {
  let nodes: readonly JsonSchema[] = [z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema];
  for (const step of path) nodes = nodes.flatMap(branches).flatMap((node) => childrenOf(node, step));
  const value = valueAt(document, path);
  const meant = nodes.flatMap(branches).filter((node) => isKindOf(value, node));
  return [...new Set(meant.flatMap((node) => Object.keys(node.properties ?? {})))];
};

/** Whether no fixed key of a branch, such as `kind`, differs in `value`. */
const isKindOf = (value: unknown, { properties = {} }: JsonSchema): boolean =>
  Object.entries(properties).every(
    ([key, { const: fixed }]) => fixed === undefined || [undefined, fixed].includes(valueAt(value, [key]) as never),
  );

interface JsonSchema {
  readonly const?: unknown;
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
