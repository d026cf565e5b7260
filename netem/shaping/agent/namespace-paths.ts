import type { LinkModel } from '../../links/model/link-model.ts';
import type { Directions, DishRate } from '../../links/path-links.ts';

/** One direction of a path, which leaves a namespace: the kernel there can shape it. */
export interface Departure {
  /** Its name in the log. */
  readonly link: string;
  readonly model: LinkModel;
  /** The network whose interface it leaves by. */
  readonly network: string;
  /** The peer at its other end, a name on that network. */
  readonly peer: string;
  /** The uplink of the dish here, which its departures share. */
  readonly uplink?: DishRate;
  /** What tells it from other paths to the same peer. */
  readonly ports?: {
    /** Whether they are the ports of the peer, or of this side. */
    readonly at: 'source' | 'destination';
    readonly load: number;
    readonly probes: number;
  };
}

/** A path that arrives in a namespace: a relay there can play both its directions. */
export interface ArrivingPath {
  /** Its name in the log; its directions are `path/forward` and `path/back`. */
  readonly path: string;
  readonly links: Directions;
  readonly network: string;
  /** Where its connections arrive, and where the server behind it listens on the loopback. */
  readonly port: number;
  readonly targetPort: number;
  /** Where its probes arrive. */
  readonly probePort: number;
}

/** A path that begins in a namespace, and where its probes are answered. */
export interface ProbedPath {
  readonly path: string;
  readonly host: string;
  readonly port: number;
}

/** The paths that begin or end in one network namespace. */
export interface NamespacePaths {
  readonly departures: readonly Departure[];
  readonly arrivals: readonly ArrivingPath[];
  /** The paths to probe from here. */
  readonly probed: readonly ProbedPath[];
}
