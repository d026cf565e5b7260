import type { Ms } from '../../core/time/clock.ts';

/** Messages to and from the processes of `bench:soak`. Instants are ms since 1970. */

interface PartSetup {
  /** File for its events, which are not used. */
  readonly events: string;
}

export interface NodesSetup extends PartSetup {
  readonly nodes: number;
  /** Each node restarts so often, one after the other; every other time it crashes. */
  readonly restartEveryMs: Ms;
}

export interface NodesReady {
  readonly ports: readonly number[];
}

/** A node ended, and comes back. */
export interface NodeEnd {
  readonly node: number;
  readonly atUnixMs: number;
  /** Whether it cut off its streams. */
  readonly isCrash: boolean;
}

export interface ClientsSetup extends PartSetup {
  readonly port: number;
  readonly seed: number;
  /** How many clients there are at one time. */
  readonly clients: number;
  /** Calls a second; null for half of what this machine takes, which is measured first. */
  readonly ratePerS: number | null;
  readonly durationMs: Ms;
}

export type ClientsProgress =
  | { readonly kind: 'rate'; readonly ratePerS: number; readonly mostPerS: number | null }
  | { readonly kind: 'tally'; readonly tally: ClientTally };

/** What became of the calls of all clients. */
export interface ClientTally {
  readonly begun: number;
  readonly answered: number;
  /** Ended by the client at the first message, or because it left. */
  readonly cancelled: number;
  readonly left: number;
  /** Ended by their deadline, as they should. */
  readonly expired: number;
  readonly failed: number;
  /** Calls that were due and not begun, because the client had too many open. */
  readonly skipped: number;
  /** The first of those that failed. */
  readonly failures: readonly CallFailure[];
  /** Not over when everything else was. */
  readonly open: number;
  /** How many clients came and went. */
  readonly clients: number;
}

export interface CallFailure {
  /** The status of gRPC, or how the stream ended without one. */
  readonly status: string;
  /** Who answered; null where nobody did. */
  readonly endpoint: string | null;
  readonly beganAtUnixMs: number;
  readonly endedAtUnixMs: number;
  /** Bytes of the answer that came. */
  readonly answerBytes: number;
}
