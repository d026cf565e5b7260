import type { RngSource } from '../../../core/random/rng.ts';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import { Lane, LinkEmulator } from '../../links/model/link-emulator.ts';
import type { LinkModel } from '../../links/model/link-model.ts';
import type { PathSerialisers } from '../../links/serialisers-of.ts';
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

export interface ConnectionCarriers {
  readonly forward: Carrier;
  readonly back: Carrier;
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

  /** The carriers of a new connection. */
  connect(): ConnectionCarriers {
    if (this.#options.transport.model === 'ideal') return this.#idealCarriers({ losesNothing: false });
    const { name, clock, rng, transport: config, overheadMs: earlyMs } = this.#options;
    const { forward, back } = this.#links;
    const number = this.#connections++;
    const carrier = (direction: string, data: PacketLink, acks: PacketLink): Carrier =>
      new Transport({ name: `${name}/${direction}/${number}`, clock, rng, data, acks, config, http2: null, earlyMs });
    return { forward: carrier('forward', forward, back), back: carrier('back', back, forward) };
  }

  /** The carriers of a connection for probes: they measure the links alone, so nothing is lost and no load delays them. */
  connectProbe(): ConnectionCarriers {
    return this.#idealCarriers({ losesNothing: true });
  }

  #idealCarriers(options: { readonly losesNothing: boolean }): ConnectionCarriers {
    const carrier = (link: LinkEmulator): Carrier => {
      const lane = new Lane(options);
      return { isDead: false, close: () => {}, send: (bytes, deliver) => link.send(bytes, deliver, lane) };
    };
    return { forward: carrier(this.#ideal.forward), back: carrier(this.#ideal.back) };
  }
}

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
