import { type Document, isMap, isNode, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import { checkDocument } from './check-document.ts';
import { ConfigError, type Position } from './config-error.ts';
import { meantBy, pairOf } from './yaml-aliases.ts';

/** The largest configuration that is read, in characters: far above any real one, and still fast to read. */
const MAX_CHARACTERS = 1_000_000;

/** A parsed YAML text that knows the position of each value. */
export interface YamlSource {
  readonly value: unknown;
  /**
   * The position of the value at `path`, also when it comes from an alias or a merge. When it is missing: the position of its
   * nearest parent. `key` asks for the position of its key.
   */
  position(path: readonly PropertyKey[], part?: 'key' | 'value'): Position;
}

/**
 * Parses one YAML document, with aliases and merge keys (`<<: *anchor`). Throws `ConfigError` on bad syntax, a duplicate key, an
 * empty or oversized text, and aliases that have no anchor, contain themselves or expand to too many values.
 */
export const parseYaml = (text: string, file: string): YamlSource => {
  if (text.length > MAX_CHARACTERS) {
    const size = `${(text.length / 1e6).toFixed(1)} million characters`;
    throw new ConfigError(
      '',
      `${file} is ${size} long, must be at most ${MAX_CHARACTERS / 1e6} million: long lists, as of elements, go into a file that it names`,
    );
  }
  checkCharacters(text, file);
  const lines = new LineCounter();
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const mistakeAt = (offset: number, message: string) => new ConfigError('', message, positionOf(offset));
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: false });
  const unknownTag = document.warnings.find(({ code }) => code === 'TAG_RESOLVE_FAILED');
  const error = document.errors[0] ?? unknownTag;
  if (error !== undefined) throw mistakeAt(error.pos[0], `is not YAML: ${firstLine(error.message)}`);
  if (document.contents === null) throw new ConfigError('', 'is empty', { file, line: 1, column: 1 });
  checkDocument(document, mistakeAt);
  return {
    value: document.toJS({ maxAliasCount: -1 }), // aliases were counted above, where the position is known
    position: (path, part = 'value') => positionOf(offsetOf(document, path, part)),
  };
};

/** YAML excludes control characters except tab and line ends, and halves of surrogate pairs. */
const checkCharacters = (text: string, file: string): void => {
  const found = EXCLUDED.exec(text);
  if (found === null) return;
  const before = text.slice(0, found.index).split('\n');
  const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  const position = { file, line: before.length, column: before.at(-1)!.length + 1 };
  throw new ConfigError('', `is not YAML: U+${code} is not allowed in a text`, position);
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for control characters
const EXCLUDED = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F]|\p{Surrogate}/u;

const offsetOf = (document: Document.Parsed, path: readonly PropertyKey[], part: 'key' | 'value'): number => {
  let node = document.contents as ParsedNode;
  let offset = node.range[0];
  for (const [depth, step] of path.entries()) {
    const holder = meantBy(node, document);
    const pair = pairOf(holder, step, document);
    const isLast = depth === path.length - 1;
    if (pair !== undefined && isNode(pair.key) && isLast && part === 'key') return startOf(pair.key, offset);
    const next = isMap(holder) ? pair?.value : childOf(holder, step);
    if (!isNode(next)) return pair !== undefined && isNode(pair.key) ? startOf(pair.key, offset) : offset;
    node = next as ParsedNode;
    offset = startOf(node, offset);
  }
  return offset;
};

const startOf = (node: { readonly range?: readonly number[] | null | undefined }, otherwise: number): number =>
  node.range?.[0] ?? otherwise;

const childOf = (node: ParsedNode, step: PropertyKey): unknown =>
  'items' in node && typeof step === 'number' ? node.items[step] : undefined;

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
