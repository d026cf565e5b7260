import { describe } from 'vitest';
import type { CreateDataPath } from '../router/io/loopback.ts';
import { attemptClaims } from './data-path/attempts.ts';
import { boundClaims } from './data-path/bounds.ts';
import { connectionClaims } from './data-path/connections.ts';
import { drainClaims } from './data-path/draining.ts';
import { endingClaims } from './data-path/endings.ts';
import { headerClaims } from './data-path/headers.ts';
import { lengthClaims } from './data-path/lengths.ts';
import { queueClaims } from './data-path/queue.ts';
import { requestClaims } from './data-path/requests.ts';
import { serviceClaims } from './data-path/services.ts';

/** What every data path promises, by subject: over real sockets, with gRPC clients, node:http2 and bare frames as its peers. */
const CLAIMS = {
  requests: requestClaims,
  headers: headerClaims,
  connections: connectionClaims,
  draining: drainClaims,
  endings: endingClaims,
  services: serviceClaims,
  lengths: lengthClaims,
  bounds: boundClaims,
  attempts: attemptClaims,
  queue: queueClaims,
} satisfies Record<string, (create: CreateDataPath) => void>;

/** A subject a file of tests, so that they run side by side. */
export const dataPathContract = (name: string, subject: keyof typeof CLAIMS, create: CreateDataPath): void => {
  describe(`${name} keeps the contract of a data path:`, () => CLAIMS[subject](create));
};
