/** Messages to and from the processes of `bench:links`. */

interface PartSetup {
  /** File for its events, which are not used. */
  readonly events: string;
}

export interface BenchRelaySetup extends PartSetup {
  /** One path for each of these one-way delays. */
  readonly delaysMs: readonly number[];
  readonly echoPort: number;
  readonly sourcePort: number;
}

export interface BenchRelayReady {
  /** One port for each path, in the order of `delaysMs`. */
  readonly probePorts: readonly number[];
  readonly ports: readonly number[];
}

/** Resources that a process has used since its start. */
export interface Usage {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
}

export interface SourceSetup extends PartSetup {
  readonly streams: number;
  readonly messageBytes: number;
  /** Time between two messages of a stream. */
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
  /** It reads nothing, so bytes pile up in the relay. */
  readonly isStalled: boolean;
}

export interface Received {
  readonly atMs: number;
  readonly messages: number;
}
