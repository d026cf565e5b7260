import { readFileSync } from 'node:fs';
import type { PolicyName } from '../../router/pick/registry.ts';

/**
 * What the file of a policy says of it: formula, worked example and source. It is the comment above the function that makes it, so that
 * the two cannot differ. Without a comment marks; throws where the file has none.
 */
export const policyEssay = (name: PolicyName): string => {
  const text = readFileSync(new URL(`../../router/policy/${name}.ts`, import.meta.url), 'utf8');
  const comments = [...text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const (\w+) = /g)];
  const maker = makerOf(name);
  const [, comment] = comments.find(([, , made]) => made === maker) ?? [];
  if (comment === undefined) throw new Error(`router/policy/${name}.ts has no comment above ${maker}`);
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
    .join('\n')
    .trim();
};

/** `peak-ewma` is made by `peakEwma`. */
const makerOf = (name: PolicyName): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
