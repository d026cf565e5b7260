import { parse } from 'yaml';
import { ConfigError } from './config-error.ts';

/** A value from elsewhere that replaces one of a document. */
export interface DocumentEdit {
  /** Where it was written and how, such as `--set load.ratePerS=20`: the place of its mistakes. */
  readonly source: string;
  /** Keys, and places in lists. */
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** Reads `load.ratePerS=20` or `faults[0].forS=5`; the value is YAML. `flag` is how it was given. Throws `ConfigError`. */
export const documentEdit = (flag: string, text: string): DocumentEdit => {
  const equals = text.indexOf('=');
  const path = equals < 0 ? null : pathIn(text.slice(0, equals));
  if (path === null) throw new ConfigError(flag, `is "${text}", expected PATH=VALUE such as load.ratePerS=20`);
  const source = `${flag} ${text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text}`;
  try {
    return { source, path, value: parse(text.slice(equals + 1)) as unknown };
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new ConfigError(source, `has a value that is not YAML: ${reason}`);
  }
};

/** A whole profile may be given on one line; the place of a mistake must not hide what is wrong. */
const LONGEST_SHOWN = 100;

/** The steps of `a.b[2].c`; null for what is no path. */
export const pathIn = (text: string): readonly (string | number)[] | null => {
  if (!PATH.test(text)) return null;
  return [...text.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([step, index]) => (index === undefined ? step : Number(index)));
};

const PATH = /^[^.[\]=\s]+(?:\.[^.[\]=\s]+|\[\d{1,6}\])*$/;

/** The document with all edits, one after the other; parts that no edit changes stay the same. Throws `ConfigError`. */
export const editedDocument = (document: unknown, edits: readonly DocumentEdit[]): unknown =>
  edits.reduce((edited, edit) => withValue(edited, edit, 0), document);

const withValue = (holder: unknown, edit: DocumentEdit, depth: number): unknown => {
  const { path, value, source } = edit;
  if (depth === path.length) return value;
  const step = path[depth]!;
  const place = dottedPath(path.slice(0, depth));
  if (typeof step === 'number') {
    const count = Array.isArray(holder) ? holder.length : 0;
    if (!Array.isArray(holder) || step >= count)
      throw new ConfigError(source, `names ${place}[${step}], and ${place} has ${count} entries, counted from 0`);
    return holder.with(step, withValue(holder[step], edit, depth + 1));
  }
  if (holder !== undefined && holder !== null && (typeof holder !== 'object' || Array.isArray(holder)))
    throw new ConfigError(source, `names a key of ${place}, which has none`);
  const own = (holder ?? {}) as Readonly<Record<string, unknown>>;
  const inner = Object.hasOwn(own, step) ? own[step] : undefined;
  return { ...own, [step]: withValue(inner, edit, depth + 1) };
};

/** `a.b[2].c` of its steps. */
export const dottedPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
