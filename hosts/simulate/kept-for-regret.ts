import { isBound } from '../../router/pick/registry.ts';
import { meantPolicy } from '../../scenario/meant-policy.ts';
import type { Scenario } from '../../scenario/scenario.ts';

/**
 * Whether the runs of a repetition, which counts from 1, have to keep when each request was answered: a bound is among the policies of the command, so that
 * there is regret. 21 bytes a request and policy are kept until the end: of more than 100 repetitions only the first have it.
 */
export const isKeptForRegret = (
  { router }: Pick<Scenario, 'router'>,
  { policies, repetition }: { readonly policies: readonly string[]; readonly repetition: number },
): boolean =>
  repetition <= MOST_WITH_REGRET && policies.some((name) => isBound(meantPolicy(router, name)?.policy ?? name));

const MOST_WITH_REGRET = 100;
