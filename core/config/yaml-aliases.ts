import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, Scalar } from 'yaml';

/** Whether the key is that of `<<: ...`, which adds the keys of other maps to its map. */
export const isMerge = ({ key }: Pair<unknown, unknown>): boolean =>
  isScalar(key) && key.type === Scalar.PLAIN && typeof key.value === 'symbol' && key.value.description === '<<';

/** The node that an alias refers to; any other node is returned as it is. */
export const meantBy = (node: ParsedNode, document: Document.Parsed): ParsedNode =>
  isAlias(node) ? ((node.resolve(document) as ParsedNode | undefined) ?? node) : node;

/** Finds the pair with that key: in the map itself, else in the first merged map that has it. */
export const pairOf = (map: ParsedNode, step: PropertyKey, document: Document.Parsed): Pair | undefined => {
  if (!isMap(map)) return undefined;
  const own = map.items.find((pair) => !isMerge(pair) && String(pair.key) === String(step));
  if (own !== undefined) return own;
  for (const merged of map.items.filter(isMerge)) {
    const source = meantBy(merged.value as ParsedNode, document);
    for (const one of isSeq(source) ? source.items : [source]) {
      const pair = pairOf(meantBy(one as ParsedNode, document), step, document);
      if (pair !== undefined) return pair;
    }
  }
  return undefined;
};
