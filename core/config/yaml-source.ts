import { isMap, isNode, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import { ConfigError, type Position } from './config-error.ts';

/** The largest configuration that is read, in characters: far above any real one, far below what would hurt. */
const MAX_CHARACTERS = 1_000_000;

/** A parsed YAML text that still knows where each value stands. */
export interface YamlSource {
  readonly value: unknown;
  /** Where the value at `path` stands; where its nearest parent does when it is missing. `key` means its key. */
  position(path: readonly PropertyKey[], part?: 'key' | 'value'): Position;
}

/** Parses one YAML document. Throws `ConfigError` on bad syntax, a doubled key, or an empty or oversized text. */
export const parseYaml = (text: string, file: string): YamlSource => {
  if (text.length > MAX_CHARACTERS) {
    const size = `${(text.length / 1e6).toFixed(1)} million characters`;
    throw new ConfigError('', `${file} is ${size} long, must be at most ${MAX_CHARACTERS / 1e6} million`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [error] = document.errors;
  if (error !== undefined)
    throw new ConfigError('', `is not YAML: ${firstLine(error.message)}`, positionOf(error.pos[0]));
  if (document.contents === null) throw new ConfigError('', 'is empty', { file, line: 1, column: 1 });

  return {
    value: document.toJS(),
    position: (path, part = 'value') => positionOf(offsetOf(document.contents as ParsedNode, path, part)),
  };
};

const offsetOf = (root: ParsedNode, path: readonly PropertyKey[], part: 'key' | 'value'): number => {
  let node: ParsedNode = root;
  let offset = root.range[0];
  for (const [depth, step] of path.entries()) {
    const pair = isMap(node) ? node.items.find((item) => String(item.key) === String(step)) : undefined;
    const isLast = depth === path.length - 1;
    if (pair !== undefined && isNode(pair.key) && (isLast ? part === 'key' : false)) return startOf(pair.key, offset);
    const next = isMap(node) ? pair?.value : childOf(node, step);
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
