import type { Clock, Ms } from '../../core/time/clock.ts';
import type { CallMetrics } from '../metrics/call-metrics.ts';
import type { Router } from '../router.ts';
import type { DataPathSettings } from '../router-settings.ts';
import type { ClientTls, Door, NodeAddress } from './address.ts';
import type { ClientLimits } from './client-connections.ts';
import type { HeaderView } from './header-view.ts';
import type { OwnServices } from './own/own-services.ts';

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
  /** Refused: an unknown service, a malformed request, no endpoint available, or all of them full. */
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
  /** Of the requests, those that are retries. */
  readonly retried: number;
  /** Bytes of bodies sent to the node, frames not included. */
  readonly requestBytes: number;
  /** Bytes of its answers passed on. */
  readonly answerBytes: number;
}

/** How often a connection is checked with a ping, and how long the answer may take. */
export interface Keepalive {
  readonly everyMs: Ms;
  readonly timeoutMs: Ms;
}

/** What every data path is made of. */
export interface DataPathOptions {
  readonly router: Router;
  readonly clock: Clock;
  /** Where each endpoint is reached, in the order of the router's table; null for one that does not exist. */
  readonly addresses: readonly (NodeAddress | null)[];
  /** The services that users may call at nodes, such as `starlane.inference.v1.Inference`; any other is UNIMPLEMENTED. Null for all. */
  readonly services: readonly string[] | null;
  /** Who may call; null or left out for anybody. Health is told to all. */
  readonly gate?: Gate | null;
  /** How clients encrypt their connections; null or left out for clear text. */
  readonly tls?: ClientTls | null;
  /** How long a request may take where its client allows more, or says nothing; null or left out for no limit. */
  readonly deadlineMs?: Ms | null;
  /** The services that the router answers itself; null or left out for none. The data path closes it. */
  readonly own?: OwnServices | null;
  /** How much of a request's body is kept for another attempt, in bytes; a longer one is tried once. */
  readonly replayBytes?: number;
  /** Bytes of a message for a token of its prompt, where a client does not say how many it has; 4 by default. */
  readonly bytesPerToken?: number;
  /** Hears how long requests take; null or left out for nobody. */
  readonly calls?: CallMetrics | null;
  /** Gets a line for people about what nodes cannot do; nobody does where it is left out. */
  readonly tell?: (line: string) => void;
  readonly keepalive?: Keepalive;
  readonly limits?: Partial<ClientLimits>;
}

/** Says whether a request with those headers is let in. */
export interface Gate {
  admits(headers: HeaderView): boolean;
}

/** Carries requests between clients and nodes, and asks a `Router` where each goes. */
export interface DataPath {
  /**
   * Connects to every node and starts to listen; resolves to the port, which the system chooses for port 0.
   * A node that cannot be reached is retried in the background. A further call listens on another port for the same nodes.
   * Rejects where the port is in use.
   */
  listen(address: Door): Promise<number>;
  /**
   * Sets where each endpoint is reached from now on, in the order of the table; null for one that is gone. An unchanged one
   * keeps its connection. One that changed gets a new connection, and one that is gone is unavailable at once; the streams of
   * their old connections continue.
   */
  reconcile(endpoints: readonly (NodeAddress | null)[]): void;
  /** Other settings from now on; requests and connections that are open stay. */
  retune(settings: DataPathSettings): void;
  /**
   * Sends GOAWAY over the connections that are open. Open requests continue for at most `limitMs` and then end with UNAVAILABLE; new
   * ones, over connections that come meanwhile, are UNAVAILABLE with the reason. Resolves when nothing is left and it takes no more
   * connections; a second call resolves with the first.
   */
  drain(limitMs: Ms): Promise<void>;
  counters(): DataPathCounters;
  /** How many connections of clients are open now, those that have said nothing yet included. */
  clientConnections(): number;
  /** By endpoint, in the order of the table. */
  endpointCounters(): readonly EndpointCounters[];
  /** Ends all requests and connections; resolves when all of them are closed. */
  close(): Promise<void>;
}

/** A data path that can take the place of another one while clients call. */
export interface SucceedingDataPath extends DataPath {
  /**
   * Instead of `listen`: takes over the doors, the connections of clients and the own services of another data path, which must be of the
   * same kind and as secure, as soon as its own endpoints are connected or cannot be; a second is the longest. Requests from then on are its
   * own. Those that are open go on over the other one, which then closes by itself: `isOver` resolves. So nobody notices.
   */
  takeOver(previous: DataPath): Promise<{ readonly isOver: Promise<void> }>;
}
