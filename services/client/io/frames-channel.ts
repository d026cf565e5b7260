import type { Ms } from '../../../core/time/clock.ts';
import type { SessionOptions } from '../../../router/io/frame-proxy/frame-session.ts';
import { NodeFrames } from '../../../router/io/frame-proxy/node-frames.ts';

/** A call that a channel gives a stream, or not. */
export interface ChannelCall {
  /** Whether nobody waits for it any more. */
  readonly isOver: boolean;
  /** Sends it on a new stream of the connection. False where the peer takes no more now. */
  openOn(connection: NodeFrames): boolean;
  /** There is no connection. */
  onNoConnection(): void;
}

/**
 * The connection of one client. One is made when there is something to call and none is there; calls wait meanwhile. Where that
 * fails, they fail, and so do all for a while: 1 s, and 1.6 times as long after each further failure, up to 2 minutes. Source: gRPC,
 * connection-backoff.md, without its jitter.
 */
export class FramesChannel {
  readonly authority: string;
  readonly #address: { readonly host: string; readonly port: number };
  readonly #shared: Omit<SessionOptions, 'socket'>;
  readonly #waiting: ChannelCall[] = [];
  #ready: NodeFrames | null = null;
  #making: NodeFrames | null = null;
  /** Those that end with their streams. */
  readonly #old = new Set<NodeFrames>();
  #failures = 0;
  #failsUntilMs = 0;
  #isClosed = false;
  /** Hears once whether the connection that is being made was. */
  #onMade: (isMade: boolean) => void = () => {};

  constructor(address: string, shared: Omit<SessionOptions, 'socket'>) {
    const colon = address.lastIndexOf(':');
    this.authority = address;
    this.#address = {
      host: address.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
      port: Number(address.slice(colon + 1)),
    };
    this.#shared = shared;
  }

  /** Tries until it is connected. Resolves to false where it is not within `withinMs`. */
  async connect(withinMs: Ms): Promise<boolean> {
    const untilMs = performance.now() + withinMs;
    while (this.#ready === null && !this.#isClosed) {
      const late = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => late.resolve(false), Math.max(0, untilMs - performance.now()));
      const made = new Promise<boolean>((resolve) => {
        this.#onMade = resolve;
        if (this.#making === null) this.#make();
      });
      const isMade = await Promise.race([made, late.promise]);
      clearTimeout(timer);
      if (isMade || performance.now() + AGAIN_MS >= untilMs) break;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    this.#failures = 0;
    this.#failsUntilMs = 0;
    return this.#ready !== null;
  }

  /** Gives a call a stream, now or as soon as there is one. */
  open(call: ChannelCall): void {
    if (this.#ready !== null && this.#waiting.length === 0 && call.openOn(this.#ready)) return;
    if (this.#ready === null && this.#making === null) {
      if (this.#isClosed || performance.now() < this.#failsUntilMs) {
        setImmediate(() => call.onNoConnection());
        return;
      }
      this.#make();
    }
    this.#waiting.push(call);
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    for (const connection of [this.#ready, this.#making, ...this.#old]) void connection?.destroy();
  }

  #make(): void {
    const leave = (connection: NodeFrames): void => {
      if (this.#ready !== connection) return;
      this.#ready = null;
      this.#old.add(connection);
      connection.retire();
    };
    this.#making = new NodeFrames(
      this.#address,
      NO_KEEPALIVE,
      {
        onReady: (connection) => {
          this.#making = null;
          this.#ready = connection;
          this.#failures = 0;
          this.#onMade(true);
          this.#serve();
        },
        onGoaway: (connection) => {
          leave(connection);
          this.#serve();
        },
        onRoom: () => this.#serve(),
        onClosed: (connection) => {
          this.#old.delete(connection);
          if (this.#ready === connection) this.#ready = null;
          if (this.#making === connection) this.#onFailed();
          else if (this.#waiting.length > 0) this.#serve();
        },
      },
      this.#shared,
    );
  }

  #onFailed(): void {
    this.#making = null;
    this.#failsUntilMs = performance.now() + Math.min(FIRST_BACKOFF_MS * BACKOFF_FACTOR ** this.#failures, BACKOFF_MS);
    this.#failures++;
    this.#onMade(false);
    for (const call of this.#waiting.splice(0)) call.onNoConnection();
  }

  /** Gives streams to those who wait, the longest first. */
  #serve(): void {
    const waiting = this.#waiting;
    while (waiting.length > 0 && this.#ready !== null && (waiting[0]!.isOver || waiting[0]!.openOn(this.#ready))) {
      waiting.shift();
    }
    if (waiting.length > 0 && this.#ready === null && this.#making === null && !this.#isClosed) this.#make();
  }
}

/** gRPC clients ask nobody whether he is still there unless they are told to. This is longer than any run. */
const NO_KEEPALIVE = { everyMs: 7 * 86_400_000, timeoutMs: 86_400_000 };

/** While a run waits for its routers. */
const AGAIN_MS: Ms = 50;

const FIRST_BACKOFF_MS: Ms = 1000;
const BACKOFF_FACTOR = 1.6;
const BACKOFF_MS: Ms = 120_000;
