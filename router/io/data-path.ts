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
  /** Refused for want of an endpoint or of room. */
  readonly rejected: number;
  readonly retried: number;
  /** Bytes of answers passed on. */
  readonly answerBytes: number;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Carries requests between clients and nodes, and asks a `Router` where each goes. */
export interface DataPath {
  /**
   * Connects to every node and opens the door; resolves to the port, which the system chooses where 0 is asked for.
   * A node that cannot be reached is retried in the background. A further call opens another door to the same nodes.
   * Rejects where the port is taken.
   */
  listen(address: Address): Promise<number>;
  counters(): DataPathCounters;
  /** Ends all requests and connections; nothing of it is left when this resolves. */
  close(): Promise<void>;
}
