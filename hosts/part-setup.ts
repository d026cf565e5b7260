/** The configuration that every part of a live run gets. */
interface PartSetup {
  /** The file with the scenario as it is run: each part computes what it needs from it. */
  readonly scenario: string;
  /** Where it writes its events. */
  readonly events: string;
}

export interface NodeSetup extends PartSetup {
  readonly node: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface NodeReady {
  readonly port: number;
}

export interface RelaySetup extends PartSetup {
  /** What its log calls it. */
  readonly part: string;
  /** The paths to play, each with the loopback port that it leads to. */
  readonly targetPorts: Readonly<Record<string, number>>;
  /** Where probes lead to over any of the paths. */
  readonly echoPort: number;
}

export interface RelayReady {
  /** The port of each path. */
  readonly ports: Readonly<Record<string, number>>;
  /** The port where its probes enter it. */
  readonly probePorts: Readonly<Record<string, number>>;
}

export interface RouterSetup extends PartSetup {
  /** Its name in the plan. */
  readonly router: string;
  readonly policy: string;
  /** Where each of its endpoints is reached on the loopback; there may be others. */
  readonly endpointPorts: Readonly<Record<string, number>>;
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface RouterReady {
  readonly port: number;
}

export interface LoadSetup extends PartSetup {
  /** What its log calls it. */
  readonly part: string;
  /** The port where each of its clients reaches its router, on the loopback. */
  readonly ports: Readonly<Record<string, number>>;
}
