import { seededRng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import type { LinkModel } from '../../netem/links/model/link-model.ts';
import { PacketLink } from '../../netem/links/transport/packet-link.ts';
import { Transport } from '../../netem/links/transport/transport.ts';

export interface MeasuredConnectionOptions {
  readonly rttMs: Ms;
  readonly lossRate: number;
  readonly tickMs: Ms;
  /** Names the random streams. */
  readonly name: string;
}

/** A connection in virtual time over links like those of the measurement, with the two things that a case does: send and wait. */
export class MeasuredConnection {
  readonly #clock = new VirtualClock();
  readonly #transport: Transport;
  #downFromMs = Number.POSITIVE_INFINITY;
  #downToMs = Number.POSITIVE_INFINITY;

  constructor({ rttMs, lossRate, tickMs, name }: MeasuredConnectionOptions) {
    const rng = seededRng(name);
    const link = (rate: number): LinkModel => ({
      stateAt: (atMs) => ({
        up: atMs < this.#downFromMs || atMs >= this.#downToMs,
        delayUs: rttMs * 500,
        jitterUs: 0,
        lossRate: rate,
        rateKbps: 0,
      }),
      nextChangeAfter: () => null,
    });
    const data = new PacketLink({ name: 'forward', link: link(lossRate), rng });
    const acks = new PacketLink({ name: 'back', link: link(0), rng });
    const config = { initialWindowSegments: 10, tickMs };
    this.#transport = new Transport({ name, clock: this.#clock, rng, data, acks, config, http2: null });
  }

  get nowMs(): Ms {
    return this.#clock.now();
  }

  /** Both directions are down for `forMs`, from `atMs` on; one outage at a time. */
  down(atMs: Ms, forMs: Ms): void {
    this.#downFromMs = atMs;
    this.#downToMs = atMs + forMs;
  }

  /** Sends a message; `took` gets the milliseconds until it is whole at the other end. */
  send(bytes: number, took: (tookMs: Ms) => void): void {
    const beganAtMs = this.nowMs;
    this.#transport.send(bytes, (dueMs) => took(dueMs - beganAtMs));
  }

  wait(forMs: Ms): void {
    this.#clock.runUntil(this.nowMs + forMs);
  }

  /** Sends a message and waits until it is whole: how long that took. */
  sendAndWait(bytes: number): Ms {
    let tookMs = Number.NaN;
    this.send(bytes, (ms) => {
      tookMs = ms;
    });
    while (Number.isNaN(tookMs)) this.wait(0.5);
    return tookMs;
  }
}
