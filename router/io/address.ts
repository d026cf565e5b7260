/** Where a server is reached, or listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where a node is reached. */
export interface NodeAddress extends Address {
  /** How the connection to it is encrypted; null or left out for not at all. */
  readonly tls?: NodeTls | null;
}

/** TLS to a node: PEM texts. Without `ca` the authorities that the system knows. */
export interface NodeTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name in its certificate, where that is not the host. */
  readonly serverName?: string;
}

/** TLS for clients: PEM texts. With `ca`, only clients whose certificate it signed are let in. */
export interface ClientTls {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
}

/** Where a data path listens. */
export interface Door extends Address {
  /**
   * Whether other processes listen there too: `none` by default; `kernel` where each has a socket of its own and the kernel deals out the
   * connections (SO_REUSEPORT); `cluster` where the process that started this one holds the socket (node:cluster).
   */
  readonly sharing?: Sharing;
}

export type Sharing = 'none' | 'kernel' | 'cluster';
