import { isMap, isScalar, parseDocument, visit } from 'yaml';
import { ConfigError } from '../../../core/config/config-error.ts';
import { dottedPath } from '../../../core/config/document-edit.ts';
import type { Value } from './dimension.ts';

/**
 * The text of a scenario with other values at some paths; all else stays as it was written, comments included. `renamed` says what the files that it names are
 * called from where the text will be: relative names mean another file there. `head` is put before it, a comment a line. Throws `ConfigError`.
 */
export const tunedScenario = (
  text: string,
  of: {
    readonly file: string;
    readonly changes: Readonly<Record<string, Value>>;
    readonly renamed: ReadonlyMap<string, string>;
    readonly head: readonly string[];
  },
): string => {
  const document = parseDocument(text, { merge: true, uniqueKeys: false });
  visit(document, {
    Scalar: (key, node) => {
      if (key !== 'key' && typeof node.value === 'string') node.value = of.renamed.get(node.value) ?? node.value;
    },
  });
  for (const [path, value] of Object.entries(of.changes)) {
    const keys = path.split('.');
    for (let depth = 1; depth < keys.length; depth++) {
      const holder = document.getIn(keys.slice(0, depth), true);
      if (holder === undefined || (isScalar(holder) && holder.value === null))
        document.setIn(keys.slice(0, depth), document.createNode({}));
      else if (!isMap(holder))
        throw new ConfigError(
          of.file,
          `has an alias at ${dottedPath(keys.slice(0, depth))}; expected its keys there, so that ${path} can be written`,
        );
    }
    document.setIn(keys, value);
  }
  return `${of.head.map((line) => `# ${line}\n`).join('')}${document.toString({ lineWidth: 0, flowCollectionPadding: true })}`;
};
