import type { RngSource } from '../../core/random/rng.ts';
import type { Clock } from '../../core/time/clock.ts';
import { shakeHands } from '../../netem/links/transport/handshake.ts';
import type { Http2Limits } from '../../netem/links/transport/http2-windows.ts';
import type { PacketLink } from '../../netem/links/transport/packet-link.ts';
import { Transport } from '../../netem/links/transport/transport.ts';
import type { TransportConfig } from '../../netem/links/transport/transport-schema.ts';
import type { Connected, ConnectedPath } from './crossing.ts';

export interface TcpPathOptions {
  readonly name: string;
  readonly clock: Clock;
  /** Where deliveries are events, if that is another clock. */
  readonly receiving?: Clock;
  readonly rng: RngSource;
  readonly forward: PacketLink;
  readonly back: PacketLink;
  readonly config: TransportConfig;
  /** What the receiver in each direction lets be in flight. */
  readonly http2: { readonly forward: Http2Limits; readonly back: Http2Limits };
}

/** A path with one TCP connection over it. After a new connection its windows begin anew; what was sent over the old one stays on it. */
export class TcpPath implements ConnectedPath {
  readonly #options: TcpPathOptions;
  #connections = 0;
  #connection: Connected;
  #isConnecting = false;

  constructor(options: TcpPathOptions) {
    this.#options = options;
    this.#connection = this.#made();
  }

  get connection(): Connected {
    return this.#connection;
  }

  connect(done: () => void): void {
    shakeHands({ ...this.#options, longestRetryMs: LONGEST_RETRY_MS }, () => {
      this.#connections++;
      this.#connection = this.#made();
      done();
    });
  }

  renew(): void {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    this.connect(() => {
      this.#isConnecting = false;
    });
  }

  #made(): Connected {
    return { forward: this.#transport('forward'), back: this.#transport('back') };
  }

  #transport(direction: 'forward' | 'back'): Transport {
    const { name, clock, receiving = clock, rng, config, http2, ...links } = this.#options;
    const number = this.#connections;
    return new Transport({
      name: `${name}/${direction}/${number}`,
      clock,
      receiving,
      rng,
      data: links[direction],
      acks: links[direction === 'forward' ? 'back' : 'forward'],
      config,
      http2: http2[direction],
      // TCP gives a connection up after some fifteen minutes without an answer.
      onDead: () => {
        if (number === this.#connections) this.renew();
      },
    });
  }
}

/** The router begins anew after that. */
const LONGEST_RETRY_MS = 5000;
