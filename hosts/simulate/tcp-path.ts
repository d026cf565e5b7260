import type { RngSource } from '../../core/random/rng.ts';
import type { Clock } from '../../core/time/clock.ts';
import { shakeHands } from '../../netem/links/transport/handshake.ts';
import type { Http2Limits } from '../../netem/links/transport/http2-windows.ts';
import type { PacketLink } from '../../netem/links/transport/packet-link.ts';
import { Transport } from '../../netem/links/transport/transport.ts';
import type { TransportConfig } from '../../netem/links/transport/transport-schema.ts';
import type { AnswerCrossing, ConnectedPath, Crossing } from './crossing.ts';

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

/** A path with one TCP connection over it. After a new connection its windows begin anew; what was sent over the old one goes on. */
export class TcpPath implements ConnectedPath {
  readonly forward: Crossing;
  readonly back: AnswerCrossing;
  readonly #options: TcpPathOptions;
  #connections = 0;
  #forwardTransport: Transport;
  #backTransport: Transport;
  #isConnecting = false;

  constructor(options: TcpPathOptions) {
    this.#options = options;
    this.#forwardTransport = this.#transport('forward');
    this.#backTransport = this.#transport('back');
    this.forward = {
      send: (bytes, deliver) => this.#alive(this.#forwardTransport).send(bytes, deliver),
      arrivalMs: (atMs, bytes) => this.#forwardTransport.arrivalMs(atMs, bytes),
    };
    this.back = {
      send: (bytes, deliver) => this.#alive(this.#backTransport).send(bytes, deliver),
      tell: (bytes, recipient) => this.#alive(this.#backTransport).tell(bytes, recipient),
      arrivalMs: (atMs, bytes) => this.#backTransport.arrivalMs(atMs, bytes),
    };
  }

  connect(done: () => void): void {
    shakeHands({ ...this.#options, longestRetryMs: LONGEST_RETRY_MS }, () => {
      this.#connections++;
      this.#forwardTransport = this.#transport('forward');
      this.#backTransport = this.#transport('back');
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

  /** TCP gives a connection up after some fifteen minutes without an answer: then whoever sends asks for a new one. */
  #alive(transport: Transport): Transport {
    if (transport.isDead) this.renew();
    return transport;
  }

  #transport(direction: 'forward' | 'back'): Transport {
    const { name, clock, receiving = clock, rng, config, http2, ...links } = this.#options;
    return new Transport({
      name: `${name}/${direction}/${this.#connections}`,
      clock,
      receiving,
      rng,
      data: links[direction],
      acks: links[direction === 'forward' ? 'back' : 'forward'],
      config,
      http2: http2[direction],
    });
  }
}

/** The router begins anew after that. */
const LONGEST_RETRY_MS = 5000;
