import { type Document, isAlias, isCollection, isMap, isPair, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { isMerge } from './yaml-aliases.ts';

/** How many values all aliases together may expand to, and how many aliases there may be. */
const MOST_VALUES = 200_000;
const MOST_ALIASES = 1000;

/**
 * Checks what the YAML grammar allows but we refuse: duplicate keys, maps and lists as keys, merges of something that is not a
 * map, and aliases that have no anchor, contain themselves, or expand a short text to too many values. Runs in linear time; the
 * parser's own check of keys does not. Throws what `mistakeAt` makes of the first mistake; offsets count characters.
 */
export const checkDocument = (
  document: Document.Parsed,
  mistakeAt: (offset: number, message: string) => Error,
): void => {
  const anchors = new Map<string, Node>();
  /** How many values an anchor expands to; it has none while it is being read. */
  const valuesOf = new Map<Node, number>();
  let aliases = 0;
  let aliased = 0;

  const valuesIn = (node: unknown): number => {
    if (isAlias(node)) return valuesBehind(node);
    if (!isScalar(node) && !isCollection(node)) return 1;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    let values = 1;
    if (isMap(node)) checkKeys(node);
    for (const item of isCollection(node) ? node.items : []) {
      if (!isPair(item)) {
        values += valuesIn(item);
        continue;
      }
      values += valuesIn(item.key) + valuesIn(item.value);
      if (isMerge(item)) checkMerged(item.value, startOf(item.key));
    }
    valuesOf.set(node, values);
    return values;
  };

  const valuesBehind = (alias: Node & { readonly source: string }): number => {
    const { source } = alias;
    const meant = anchors.get(source);
    if (meant === undefined) throw mistakeAt(startOf(alias), `is *${source}, but no &${source} comes before it`);
    const values = valuesOf.get(meant);
    if (values === undefined) throw mistakeAt(startOf(alias), `is *${source} inside of &${source}, which is a cycle`);
    aliases++;
    aliased += values;
    if (aliases > MOST_ALIASES)
      throw mistakeAt(startOf(alias), `is one alias too many, expected at most ${MOST_ALIASES}`);
    if (aliased > MOST_VALUES) {
      throw mistakeAt(startOf(alias), `is *${source}, which makes aliases expand to more than ${MOST_VALUES} values`);
    }
    return values;
  };

  const checkMerged = (value: unknown, otherwise: number): void => {
    const sources = isSeq(value) ? value.items : [value];
    for (const one of sources) {
      if (isMap(isAlias(one) ? anchors.get(one.source) : one)) continue;
      throw mistakeAt(startOf(one) || otherwise, 'is merged by <<, expected a map of keys');
    }
  };

  const checkKeys = ({ items }: YAMLMap): void => {
    const known = new Set<string>();
    for (const pair of items) {
      const { key } = pair;
      if (isMerge(pair)) continue; // several are allowed
      if (isCollection(key)) throw mistakeAt(startOf(key), 'is a map or a list as a key, expected a word');
      const word = isAlias(key) ? `*${key.source}` : String(key);
      if (known.has(word)) throw mistakeAt(startOf(key), 'is not YAML: Map keys must be unique');
      known.add(word);
    }
  };

  valuesIn(document.contents);
};

const startOf = (node: unknown): number =>
  (isAlias(node) || isScalar(node) || isCollection(node) ? node.range?.[0] : undefined) ?? 0;
