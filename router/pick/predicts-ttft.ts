import type { PolicyName } from './registry.ts';

/** The policies of a live router that predict when the first token comes. */
const PREDICTING: readonly PolicyName[] = ['ephemeris'];

/** Whether a policy of a live router predicts when the first token of a request comes. */
export const predictsTtft = (name: PolicyName): boolean => PREDICTING.includes(name);
