/** What a proxy is to do. Files are paths; `folder` is its own, for whatever it writes. */
export interface ProxySetup {
  readonly port: number;
  readonly endpointPorts: readonly number[];
  /** Of both sides; null for clear text. */
  readonly tls: TlsFiles | null;
  readonly folder: string;
}

/** A certificate for `localhost` that signed itself, its key, and both in one, each a PEM file. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly pairFile: string;
}

export interface Launch {
  readonly args: readonly string[];
  /** What must be in its folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A proxy that is measured, with one thread or process that carries requests. */
export interface PeerProxy {
  readonly name: string;
  /** The command, from the PATH; `node` for one that runs on the Node of this project. */
  readonly command: string;
  /** Asks the command for its version. */
  readonly versionArgs: readonly string[];
  launch(setup: ProxySetup): Launch;
}
