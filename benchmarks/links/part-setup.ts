/** What the processes of `bench:links` are told, and tell. */

interface PartSetup {
  /** Where its events go: nobody reads them. */
  readonly events: string;
}

export interface BenchRelaySetup extends PartSetup {
  /** A path of this one-way delay each. */
  readonly delaysMs: readonly number[];
  readonly echoPort: number;
  readonly sourcePort: number;
}

export interface BenchRelayReady {
  /** By path, in the order of `delaysMs`. */
  readonly probePorts: readonly number[];
  readonly ports: readonly number[];
}

/** What a process used since it began. */
export interface Usage {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
}

export interface SourceSetup extends PartSetup {
  readonly streams: number;
  readonly messageBytes: number;
  /** From one message of a stream to the next. */
  readonly everyMs: number;
}

export interface SourceReady {
  readonly port: number;
}

export interface SinkSetup extends PartSetup {
  /** Connections are spread over these ports. */
  readonly ports: readonly number[];
  readonly connections: number;
  readonly messageBytes: number;
  /** Reads nothing: what is on its way piles up. */
  readonly isStalled: boolean;
}

export interface Received {
  readonly atMs: number;
  readonly messages: number;
}
