import type { Clock, Ms } from '../../core/time/clock.ts';
import type { CallMetrics } from '../metrics/call-metrics.ts';
import type { Router } from '../router.ts';
import type { Address } from './address.ts';
import type { ClientLimits } from './client-connections.ts';
import type { OwnServices } from './own-services.ts';
import type { Keepalive } from './upstream-connection.ts';

/** What a data path has done since it was made. */
export interface DataPathCounters {
  /** Requests that came in. */
  readonly requests: number;
  /** Of those, not yet ended. */
  readonly active: number;
  readonly answered: number;
  readonly failed: number;
  /** Ended by the client or by its deadline. */
  readonly cancelled: number;
  /** Refused: the router does not offer it or cannot read it, no endpoint is there, or none has room. */
  readonly rejected: number;
  readonly retried: number;
  /** Bytes of answers passed on. */
  readonly answerBytes: number;
}

/** What a data path has done over one endpoint since it was made; an attempt counts as a request. */
export interface EndpointCounters {
  readonly requests: number;
  /** Of those, not yet ended. */
  readonly active: number;
  readonly answered: number;
  readonly failed: number;
  /** Ended by the client, by its deadline, or by the router. */
  readonly cancelled: number;
  /** Refused by the node with RESOURCE_EXHAUSTED. */
  readonly rejected: number;
  /** Of the requests, those that were tried before. */
  readonly retried: number;
  /** Bytes of bodies sent to the node, frames not included. */
  readonly requestBytes: number;
  /** Bytes of its answers passed on. */
  readonly answerBytes: number;
}

/** What every data path is made of. */
export interface DataPathOptions {
  readonly router: Router;
  readonly clock: Clock;
  /** Where each endpoint is reached, in the order of the router's table; null for one that is not there. */
  readonly addresses: readonly (Address | null)[];
  /** The services that users may call at nodes, such as `starlane.inference.v1.Inference`; any other is UNIMPLEMENTED. */
  readonly services: readonly string[];
  /** What the router answers itself; null or left out for nothing. The proxy closes it. */
  readonly own?: OwnServices | null;
  /** How much of a request's body is kept for another attempt, in bytes; a longer one is tried once. */
  readonly replayBytes?: number;
  /** Hears how long requests take; null or left out for nobody. */
  readonly calls?: CallMetrics | null;
  readonly keepalive?: Keepalive;
  readonly limits?: Partial<ClientLimits>;
}

/** Carries requests between clients and nodes, and asks a `Router` where each goes. */
export interface DataPath {
  /**
   * Connects to every node and opens the door; resolves to the port, which the system chooses where 0 is asked for.
   * A node that cannot be reached is retried in the background. A further call opens another door to the same nodes.
   * Rejects where the port is taken.
   */
  listen(address: Address): Promise<number>;
  /**
   * Where each endpoint is reached from now on, in the order of the table; null for one that is gone. One that did not change
   * keeps its connection. One that changed is connected to anew, and one that is gone is unavailable at once; the streams of
   * their old connections go on.
   */
  reconcile(endpoints: readonly (Address | null)[]): void;
  /**
   * Takes no more connections and sends GOAWAY over those that are open. What is under way goes on for at most `limitMs` and
   * ends with UNAVAILABLE then. Resolves when nothing is left; a second call resolves with the first.
   */
  drain(limitMs: Ms): Promise<void>;
  counters(): DataPathCounters;
  /** By endpoint, in the order of the table. */
  endpointCounters(): readonly EndpointCounters[];
  /** Ends all requests and connections; nothing of it is left when this resolves. */
  close(): Promise<void>;
}
