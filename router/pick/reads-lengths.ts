/** Policies for which all prompts are alike. */
const BLIND_TO_LENGTHS: ReadonlySet<string> = new Set([
  'random',
  'round-robin',
  'weighted-round-robin',
  'least-request',
  'ring-hash',
  'peak-ewma',
  'prequal',
  'orca-weighted',
  'priority-failover',
  'load-aware-locality',
]);

/** Whether a policy prices prompts by their length: one that is not known does. */
export const readsLengths = (policy: { readonly name: string }): boolean => !BLIND_TO_LENGTHS.has(policy.name);
