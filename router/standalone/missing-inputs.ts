import type { PolicyName } from '../pick/registry.ts';

/** What a policy will do without in a router by itself, as one line; null where it has all that it uses. */
export const missingInputs = (policy: PolicyName, { knowsPaths }: { readonly knowsPaths: boolean }): string | null => {
  if (policy !== 'ephemeris') return null;
  const reports = 'load reports until a server sends those of starlane nodes (endpoint-load-metrics-bin)';
  const rest = 'prompt lengths until clients send x-prompt-tokens: it learns the rest from answers';
  return knowsPaths
    ? `${policy} has no ${reports}, and no ${rest}`
    : `${policy} has no forecast of paths, no ${reports}, and no ${rest}`;
};
