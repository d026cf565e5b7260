import type { Ms } from '../../core/time/clock.ts';
import type { NodeAddress } from './address.ts';
import type { HealthReply } from './health-reply.ts';
import type { LoadListener, LoadSubscription } from './load-subscription.ts';

/** How the router reaches one endpoint, whatever carries its requests. */
export interface NodePath {
  /** How many bytes came over it: another number says that something came. */
  readonly bytesRead: number;
  /** Starts connecting; resolves when the first try is over, successful or not. */
  connect(): Promise<void>;
  /** Has a new connection take over as soon as there is one. */
  renew(): void;
  /** The endpoint is at another address from now on, or gone; open streams continue. */
  moveTo(address: NodeAddress | null): void;
  /**
   * Asks the node for the health of its whole server (`grpc.health.v1.Health/Check`). `onEnd` is called once: with null where no
   * status came within `timeoutMs`. False where there is no connection; nothing was sent then.
   */
  checkHealth(timeoutMs: Ms, onEnd: (reply: HealthReply | null) => void): boolean;
  /**
   * Asks the node for its load each `everyMs` on a stream of its own (`xds.service.orca.v3.OpenRcaService`). Null where there is no
   * connection: nothing was sent then, and nothing is told.
   */
  subscribe(everyMs: Ms, listener: LoadListener): LoadSubscription | null;
  close(): Promise<void>;
}
