import type { z } from 'zod';
import { nearest, suggestion } from './nearest.ts';

type Issue = z.core.$ZodIssue;

/** One mistake for a person to read: the key or value, and what was expected. */
export interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly part: 'key' | 'value';
  readonly message: string;
}

/** Describes `issue` in `document`. `knownKeys` lists the keys that the schema has at a path. */
export const mistakeOf = (
  issue: Issue,
  document: unknown,
  knownKeys: (path: readonly PropertyKey[]) => readonly string[],
): Mistake => {
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    return {
      path: [...issue.path, key],
      part: 'key',
      message: strayKey(issue, valueAt(document, issue.path), knownKeys),
    };
  }
  if (issue.code === 'invalid_key') {
    const reason = issue.issues[0]?.message ?? 'another form';
    return { path: issue.path, part: 'key', message: `is not a good name: ${lowerFirst(reason)}` };
  }
  const value = valueAt(document, issue.path);
  const missing = value === undefined;
  return {
    path: issue.path,
    part: 'value',
    message: missing ? `is missing; expected ${expectedBy(issue)}` : `is ${shown(value)}, ${demand(issue, value)}`,
  };
};

/** A key that nothing has, or that another form of the same map has: `ms` where there is `percentile`. */
const strayKey = (
  { keys, path }: Extract<Issue, { readonly code: 'unrecognized_keys' }>,
  map: unknown,
  knownKeys: (path: readonly PropertyKey[]) => readonly string[],
): string => {
  const key = keys[0]!;
  const known = knownKeys(path);
  const beside = Object.keys(map ?? {}).filter((each) => !keys.includes(each));
  return known.includes(key) && beside.length > 0
    ? `does not go with ${beside.join(', ')}; expected one or the other`
    : `is not a known key; ${suggestion(key, known)}`;
};

const demand = (issue: Issue, value: unknown): string => {
  if (issue.code === 'custom') return issue.message;
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const values = issue.values.map(String);
    if (values.length > 1 || nearest(value, values) !== null) return suggestion(value, values);
  }
  return `expected ${expectedBy(issue)}`;
};

const expectedBy = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? `a ${issue.expected}`;
    case 'invalid_value':
      return `${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return issue.format === 'datetime' ? 'an instant such as 2026-01-01T00:00:00Z' : lowerFirst(issue.message);
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? `one of ${issue.options.map(String).join(', ')}`
        : [...new Set(issue.errors.flatMap((errors) => errors.slice(0, 1).map(expectedBy)))].join(' or ');
    case 'custom':
      return issue.message;
    default:
      return lowerFirst(issue.message);
  }
};

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  object: 'a map of keys',
  record: 'a map of names',
  array: 'a list',
  boolean: 'true or false',
};

const unitOf = (origin: string): string =>
  origin === 'string' ? ' characters' : origin === 'array' || origin === 'map' ? ' entries' : '';

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'a map';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/** The value at `path` of a document, undefined when there is none. */
export const valueAt = (document: unknown, path: readonly PropertyKey[]): unknown => {
  let value = document;
  for (const step of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return value;
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
