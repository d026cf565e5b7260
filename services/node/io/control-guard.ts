import { createHash, timingSafeEqual } from 'node:crypto';
import { type Metadata, status } from '@grpc/grpc-js';

export interface Denial {
  readonly code: status;
  readonly details: string;
}

/**
 * Checks whether a caller may use the control service of a node: null, or why not. `token` is the scenario's, or null where it
 * has none, and then nobody may. The check takes the same time for any wrong token, so that time reveals nothing.
 */
export const denialOf = (metadata: Metadata, token: string | null): Denial | null => {
  if (token === null) {
    return {
      code: status.PERMISSION_DENIED,
      details: 'the scenario lets nobody control its nodes: it has no faults.token',
    };
  }
  const header = metadata.get('authorization')[0];
  if (typeof header !== 'string') {
    return { code: status.UNAUTHENTICATED, details: 'expected metadata "authorization: Bearer TOKEN"' };
  }
  // Digests have one length, whatever the caller sent.
  if (timingSafeEqual(digest(header), digest(`Bearer ${token}`))) return null;
  return { code: status.PERMISSION_DENIED, details: 'the token is not the one of the scenario' };
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
