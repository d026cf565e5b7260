/** Where the load goes, from now on. */
export interface ConnectOrder {
  readonly port: number;
  readonly connections: number;
  /** The certificate of the proxy (PEM) where it is reached over TLS; null for clear text. */
  readonly ca: string | null;
}

/** What a measurement of the own client has in common: how long it is, and the processes of the proxy. */
export interface Timed {
  readonly seconds: number;
  readonly pids: readonly number[];
}

export interface ClosedOrder extends Timed {
  readonly inFlight: number;
  readonly messageBytes: number;
  /** Whether each call has fields that no other has. */
  readonly hasOtherHeaders: boolean;
}

export interface OpenOrder extends Timed {
  readonly ratePerS: number;
  readonly messageBytes: number;
  readonly seed: number;
}

export interface StreamsOrder extends Timed {
  readonly streams: number;
  readonly everyMs: number;
  readonly messageBytes: number;
}

/** What the load saw. */
export interface LoadFigures {
  /** Requests or messages. */
  readonly count: number;
  readonly seconds: number;
  readonly latenciesMs: Float64Array;
  /** Answers that were not as they must be, and what was wrong with the first. */
  readonly faults: number;
  readonly firstFault: string | null;
  /** Processor time of the proxy meanwhile, and how long its threads waited for a core, in ms. */
  readonly cpuMs: number;
  readonly waitedMs: number;
  /** By the monotonic clock of the machine. */
  readonly fromMs: number;
  readonly toMs: number;
}
