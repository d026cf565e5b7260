import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { Attempt } from './attempt.ts';
import type { ExtraCause } from './attempt-cause.ts';
import type { Blame } from './ending.ts';

/** What an attempt has nothing in common with that one before it, beside what that one kept away from. */
type Apart = 'endpoint' | 'node' | 'medium';

/** How the next attempt of a request is chosen: after one that failed, or beside one that is open. */
export interface NextAttempt {
  readonly attempt: Attempt;
  readonly cause: ExtraCause;
  /** Counts on from the attempts so far. */
  readonly number: number;
  readonly apart: Apart;
  /** Where that leaves no endpoint: less, or any that was not avoided before; null for no attempt then. */
  readonly orElse: 'endpoint' | 'any' | null;
  /** Whether it may only begin where the endpoint is up and healthy: the one before is still open, and may yet be answered. */
  readonly onlyWell: boolean;
  /** Another endpoint to avoid, whose attempt failed beside that one; -1 for none. */
  readonly alsoAvoided: number;
}

/**
 * After a fault of the path another path to the same node is allowed, after any other fault only another node. A lost connection may
 * also be the end of its node, whose other paths are lost a moment later, so the last attempt goes to another node where there is one.
 */
export const apartAfter = (fault: Blame, isLast: boolean): Pick<NextAttempt, 'apart' | 'orElse'> => ({
  apart: fault !== 'path' || isLast ? 'node' : 'endpoint',
  orElse: fault === 'path' ? 'endpoint' : null,
});

/** The endpoints that an attempt keeps away from: those that the one before did, that one's own, and what shares its node or medium. */
export const avoidedBy = (
  { attempt, alsoAvoided }: NextAttempt,
  apart: Apart | 'any',
  { size, nodeOf, media }: Pick<EndpointTable, 'size' | 'nodeOf' | 'media'>,
): readonly number[] => {
  const avoided = [...attempt.avoided];
  if (alsoAvoided >= 0 && !avoided.includes(alsoAvoided)) avoided.push(alsoAvoided);
  if (apart === 'any') return avoided;
  const own = attempt.endpoint;
  for (let endpoint = 0; endpoint < size; endpoint++) {
    const isShared =
      endpoint === own ||
      (apart === 'node' && nodeOf[endpoint] === nodeOf[own]) ||
      (apart === 'medium' && media[endpoint] === media[own]);
    if (isShared && !avoided.includes(endpoint)) avoided.push(endpoint);
  }
  return avoided;
};
