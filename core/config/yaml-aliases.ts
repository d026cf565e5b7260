import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, Scalar } from 'yaml';

/** Whether it is `<<: ...`, which adds the keys of other maps to the one it stands in. */
export const isMerge = ({ key }: Pair<unknown, unknown>): boolean =>
  isScalar(key) && key.type === Scalar.PLAIN && typeof key.value === 'symbol' && key.value.description === '<<';

/** What an alias stands for, and any other node itself. */
export const meantBy = (node: ParsedNode, document: Document.Parsed): ParsedNode =>
  isAlias(node) ? ((node.resolve(document) as ParsedNode | undefined) ?? node) : node;

/** Where a map has that key: in itself, or else in the first map merged into it that has. */
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
