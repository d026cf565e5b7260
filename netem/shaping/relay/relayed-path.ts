import type { RngSource } from '../../../core/random/rng.ts';
import type { Cancel, Clock, Ms } from '../../../core/time/clock.ts';
import { Lane, LinkEmulator } from '../../links/model/link-emulator.ts';
import type { LinkModel } from '../../links/model/link-model.ts';
import type { PathSerialisers } from '../../links/serialisers-of.ts';
import { shakeHands } from '../../links/transport/handshake.ts';
import { PacketLink } from '../../links/transport/packet-link.ts';
import { Transport } from '../../links/transport/transport.ts';
import type { TransportConfig } from '../../links/transport/transport-schema.ts';

/** Decides when what one direction of one connection carries is at the far end, in order. */
export interface Carrier {
  /** `deliver` gets the instant when these bytes, and all before them, are there. It is never called when they do not arrive. */
  send(bytes: number, deliver: (dueMs: Ms) => void): void;
  /** Whether it has given up: nothing arrives any more. */
  readonly isDead: boolean;
  /** Stops its timers: what is not on its way yet does not arrive. */
  close(): void;
}

/** A connection that both ends know. */
export interface Established {
  readonly forward: Carrier;
  readonly back: Carrier;
  /** When the far end knows it: from then on it sends. */
  readonly acceptedAtMs: Ms;
}

/**
 * A path as a relay plays it on connections. All of them share its rate and its losses. Each is a TCP connection of its own: its
 * windows and timers live as long as it does.
 */
export class RelayedPath {
  readonly #options: RelayedPathOptions;
  readonly #links: { readonly forward: PacketLink; readonly back: PacketLink };
  readonly #ideal: { readonly forward: LinkEmulator; readonly back: LinkEmulator };
  #connections = 0;

  constructor(options: RelayedPathOptions) {
    const { name, rng, clock, overheadMs, serialisers } = options;
    this.#options = options;
    const both = <Made>(make: (direction: 'forward' | 'back', named: string) => Made) => ({
      forward: make('forward', `${name}/forward`),
      back: make('back', `${name}/back`),
    });
    this.#links = both((direction, named) => {
      const link = { name: named, link: options[direction], rng };
      return new PacketLink(serialisers === undefined ? link : { ...link, serialiser: serialisers[direction] });
    });
    this.#ideal = both(
      (direction, named) =>
        new LinkEmulator({ name: named, link: options[direction], clock, rng, earlyMs: overheadMs }),
    );
  }

  /** Asks for a new connection: `established` is called when the near end knows it, a round trip later, unless it is cancelled. */
  connect(established: (connection: Established) => void): Cancel {
    if (this.#options.transport.model === 'ideal') return this.#connectAtOnce({ losesNothing: false }, established);
    const { name, clock, rng, transport: config, overheadMs: earlyMs } = this.#options;
    const { forward, back } = this.#links;
    return shakeHands({ clock, forward, back, longestRetryMs: LONGEST_RETRY_MS }, (atMs) => {
      const number = this.#connections++;
      const carrier = (direction: string, data: PacketLink, acks: PacketLink): Carrier =>
        new Transport({ name: `${name}/${direction}/${number}`, clock, rng, data, acks, config, http2: null, earlyMs });
      established({
        forward: carrier('forward', forward, back),
        back: carrier('back', back, forward),
        acceptedAtMs: atMs + forward.travelMs(atMs) - earlyMs, // a lost acknowledgement changes nothing: the first data is one too
      });
    });
  }

  /** Connections for probes measure the links alone: they are there at once, nothing is lost and no load delays them. */
  connectProbe(established: (connection: Established) => void): Cancel {
    return this.#connectAtOnce({ losesNothing: true }, established);
  }

  #connectAtOnce(options: { readonly losesNothing: boolean }, established: (connection: Established) => void): Cancel {
    const carrier = (link: LinkEmulator): Carrier => {
      const lane = new Lane(options);
      return { isDead: false, close: () => {}, send: (bytes, deliver) => link.send(bytes, deliver, lane) };
    };
    const { forward, back } = this.#ideal;
    established({ forward: carrier(forward), back: carrier(back), acceptedAtMs: this.#options.clock.now() });
    return () => {};
  }
}

/** Linux: a SYN is sent again after 1, 2, 4, ... seconds. */
const LONGEST_RETRY_MS = 32_000;

export interface RelayedPathOptions {
  /** The name of the path; its directions are `name/forward` and `name/back`. */
  readonly name: string;
  /** From the caller to the target, and back. */
  readonly forward: LinkModel;
  readonly back: LinkModel;
  readonly clock: Clock;
  readonly rng: RngSource;
  readonly transport: TransportConfig;
  /** Where the two directions wait for their rates; of their own by default. Paths of one dish share its uplink and downlink. */
  readonly serialisers?: PathSerialisers;
  /** The delay that the relay itself adds one way (see `measureRelayOverheadMs`): bytes leave this much earlier. */
  readonly overheadMs: Ms;
}
