/** A value of a document that is another than it was. */
export interface DocumentDifference {
  /** Keys, and places in lists. */
  readonly path: readonly (string | number)[];
  /** Undefined where there was none. */
  readonly from: unknown;
  /** Undefined where there is none any more. */
  readonly to: unknown;
}

/**
 * What differs in two documents of plain values: the deepest keys of objects; a list counts as one value. A key with the value
 * undefined is as one that is not there. In the order of the keys of `before`, new ones last.
 */
export const documentDifferences = (
  before: unknown,
  after: unknown,
  path: readonly (string | number)[] = [],
): readonly DocumentDifference[] => {
  if (Object.is(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      documentDifferences(ownValue(before, key), ownValue(after, key), [...path, key]),
    );
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    if (before.every((item, index) => areAlike(item, after[index]))) return [];
  }
  return [{ path, from: before, to: after }];
};

/** Whether nothing differs in two documents of plain values. */
export const areAlike = (a: unknown, b: unknown): boolean => documentDifferences(a, b).length === 0;

const ownValue = (object: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
