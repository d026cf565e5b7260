import { connect, type Socket } from 'node:net';
import type { EventSink } from '../../../../core/event/event.ts';
import type { Ms } from '../../../../core/time/clock.ts';
import { OpenProbes } from '../open-probes.ts';
import { PROBE_BYTES, probeMessage, probeReader } from '../probe-message.ts';

export interface ProbedAddress {
  readonly host: string;
  readonly port: number;
}

export interface PathProbesOptions {
  readonly path: string;
  readonly address: ProbedAddress;
  readonly now: () => Ms;
  readonly emit: EventSink;
  /** How long a probe waits for its answer; above any path and its queues by default. */
  readonly answerMs?: Ms;
}

/**
 * The probes of one path, over a connection of their own. When it ends, another is made: at first at once, then less and
 * less often. Probes that were in flight are lost, and so are those that become due without a connection. Each probe is
 * reported once: `probe` for an answer, `probes-lost` for those without one.
 */
export class PathProbes {
  readonly #options: PathProbesOptions;
  readonly #probes = new OpenProbes();
  #socket: Socket | null = null;
  #reconnecting: NodeJS.Timeout | null = null;
  #retryMs: Ms = FIRST_RETRY_MS;
  #toldAtMs: Ms = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(options: PathProbesOptions) {
    this.#options = options;
  }

  /** Resolves once it is connected; rejects when nobody answers there. Reconnects by itself from then on. */
  async connect(): Promise<void> {
    const socket = await connected(this.#options.address);
    if (this.#isClosed) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    const { path, now, emit } = this.#options;
    const read = probeReader((number) => {
      const nowMs = now();
      const atMs = this.#probes.answer(number);
      if (atMs === null) return;
      this.#retryMs = FIRST_RETRY_MS;
      emit({ kind: 'probe', atMs, path, rttMs: nowMs - atMs });
    });
    socket.on('data', read);
    socket.once('close', () => {
      this.#socket = null;
      this.#probes.giveUp();
      this.#reconnectLater();
    });
  }

  /** Sends one probe, and gives up those that have waited too long. */
  probe(): void {
    const nowMs = this.#options.now();
    this.#probes.giveUp(nowMs - (this.#options.answerMs ?? ANSWER_MS));
    // On a connection that passes nothing, probes would only queue up: an answer that late is no measurement.
    const socket = this.#socket;
    if (socket === null || socket.writableLength >= MOST_UNSENT * PROBE_BYTES) this.#probes.miss(nowMs);
    else socket.write(probeMessage(this.#probes.send(nowMs)));
    if (nowMs >= this.#toldAtMs + TELL_EVERY_MS) this.#tell(nowMs);
  }

  /** Ends it; probes sent just before are neither answered nor lost. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const nowMs = this.#options.now();
    this.#probes.giveUp(nowMs - UNDER_WAY_AT_END_MS);
    this.#tell(nowMs);
    if (this.#reconnecting !== null) clearTimeout(this.#reconnecting);
    this.#socket?.destroy();
  }

  #tell(nowMs: Ms): void {
    this.#toldAtMs = nowMs;
    const lost = this.#probes.takeLost();
    if (lost !== null) this.#options.emit({ kind: 'probes-lost', path: this.#options.path, ...lost });
  }

  #reconnectLater(): void {
    if (this.#isClosed) return;
    const retryMs = this.#retryMs;
    this.#retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    this.#reconnecting = setTimeout(() => this.connect().catch(() => this.#reconnectLater()), retryMs).unref();
  }
}

const connected = (address: ProbedAddress): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ ...address, noDelay: true });
    socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error('nobody answered')));
    socket.on('error', reject); // after it is connected: `close` follows
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
  });

/** The pause between two attempts to connect, doubling. */
const FIRST_RETRY_MS: Ms = 100;
const LAST_RETRY_MS: Ms = 5000;
const CONNECT_MS: Ms = 10_000;

/** Longer than any path and its queues, and than most outages. */
const ANSWER_MS: Ms = 5000;

/** Probes younger than this at the end of a run do not count as lost. */
const UNDER_WAY_AT_END_MS: Ms = 2000;

const TELL_EVERY_MS: Ms = 1000;

/** Probes that may wait in this process, besides those that wait in the kernel. */
const MOST_UNSENT = 64;
