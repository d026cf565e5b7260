import type { Ms } from '../../../core/time/clock.ts';
import type { NodeAddress } from '../address.ts';
import type { Keepalive } from '../data-path.ts';
import type { HealthReply } from '../health-reply.ts';
import type { LoadListener, LoadSubscription } from '../load-subscription.ts';
import type { NodePath } from '../node-path.ts';
import { Upstream } from '../upstream.ts';
import { FrameHealthCheck } from './frame-health-check.ts';
import { FrameLoadStream } from './frame-load-stream.ts';
import type { SessionOptions } from './frame-session.ts';
import { NodeFrames } from './node-frames.ts';
import type { StreamSeeker, StreamSource } from './stream-seeker.ts';

/**
 * How the router reaches one endpoint over the frame engine. Where a connection has as many streams as the node takes, others are made
 * beside it; what fits on none of them waits in a queue.
 */
export class FrameUpstream implements NodePath, StreamSource {
  readonly #upstream: Upstream<NodeFrames>;
  readonly #shared: Omit<SessionOptions, 'socket'>;
  readonly #beside = new Set<NodeFrames>();
  #making: NodeFrames | null = null;
  readonly #waiting: StreamSeeker[] = [];
  /** Makes one more connection to where the endpoint is now. */
  #makeBeside: () => NodeFrames | null = () => null;
  #isClosed = false;

  constructor(
    address: NodeAddress | null,
    onChange: (isConnected: boolean) => void,
    keepalive: Keepalive | undefined,
    shared: Omit<SessionOptions, 'socket'>,
  ) {
    this.#shared = shared;
    this.#upstream = new Upstream(
      (to, every, { onReady, onGoaway, onClosed }) => {
        this.#makeBeside = () => this.#connectBeside(to, every);
        return new NodeFrames(
          to,
          every,
          {
            onReady: (connection) => {
              onReady(connection);
              this.#serve(); // it may have taken over from one that is full
            },
            onGoaway,
            onClosed,
            onRoom: () => this.#serve(),
          },
          shared,
        );
      },
      address,
      (isConnected) => {
        onChange(isConnected);
        if (isConnected) this.#serve();
        else this.#giveUp();
      },
      keepalive,
    );
  }

  /** The largest header list that the node takes. */
  get headerListBytes(): number {
    return this.#upstream.headerListBytes;
  }

  get bytesRead(): number {
    let bytes = this.#upstream.bytesRead;
    for (const connection of this.#beside) bytes += connection.bytesRead;
    return bytes;
  }

  /** Opens a stream now, or once there is room. False where there is no connection, or too much waits already. */
  open(seeker: StreamSeeker): boolean {
    if (this.#upstream.current === null) return false;
    if (this.#waiting.length === 0 && this.#openOnAny(seeker)) return true;
    if (this.#waiting.length >= MOST_WAITING) return false;
    this.#waiting.push(seeker);
    this.#makeRoom();
    return true;
  }

  /** Ends a stream that nobody waits for any more. */
  cancel(connection: NodeFrames, stream: number): void {
    connection.cancel(stream);
    this.#upstream.hasReset(connection);
  }

  takesRequests(connection: NodeFrames): boolean {
    return connection === this.#upstream.current || this.#beside.has(connection);
  }

  subscribe(everyMs: Ms, listener: LoadListener): LoadSubscription | null {
    const stream = new FrameLoadStream(this, everyMs, listener);
    return stream.begin() ? stream : null;
  }

  checkHealth(timeoutMs: Ms, onEnd: (reply: HealthReply | null) => void): boolean {
    return new FrameHealthCheck(this, timeoutMs, onEnd).begin();
  }

  connect(): Promise<void> {
    return this.#upstream.connect();
  }

  renew(): void {
    this.#upstream.renew();
    this.#retireBeside();
  }

  moveTo(address: NodeAddress | null): void {
    const before = this.#upstream.current;
    this.#upstream.moveTo(address);
    if (this.#upstream.current !== before) this.#retireBeside();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting.length = 0;
    const beside = [...this.#beside, ...(this.#making === null ? [] : [this.#making])];
    await Promise.all([this.#upstream.close(), ...beside.map((connection) => connection.destroy())]);
  }

  #openOnAny(seeker: StreamSeeker): boolean {
    const { current } = this.#upstream;
    if (current !== null && seeker.openOn(current)) return true;
    for (const connection of this.#beside) if (seeker.openOn(connection)) return true;
    return false;
  }

  /** Begins one more connection, where some wait for it. */
  #makeRoom(): void {
    const isWanted = this.#waiting.length > 0 && this.#making === null && this.#beside.size < MAX_BESIDE;
    if (isWanted) this.#making = this.#makeBeside();
  }

  /** Gives streams to those who wait, the longest first. */
  #serve(): void {
    while (this.#waiting.length > 0 && this.#openOnAny(this.#waiting[0]!)) this.#waiting.shift();
  }

  #giveUp(): void {
    this.#retireBeside();
    for (const seeker of this.#waiting.splice(0)) seeker.onNoConnection();
  }

  #retireBeside(): void {
    for (const connection of this.#beside) connection.retire();
    void this.#making?.destroy();
    this.#making = null;
    this.#beside.clear();
  }

  #connectBeside(to: NodeAddress, keepalive: Keepalive): NodeFrames | null {
    if (this.#isClosed) return null;
    const drop = (connection: NodeFrames): void => {
      if (this.#making === connection) this.#making = null;
      if (this.#beside.delete(connection)) connection.retire();
    };
    const made: NodeFrames = new NodeFrames(
      to,
      keepalive,
      {
        onReady: (connection) => {
          if (this.#making !== connection) return;
          this.#making = null;
          this.#beside.add(connection);
          this.#serve();
          this.#makeRoom();
        },
        onGoaway: drop,
        onClosed: drop,
        onRoom: () => {
          this.#serve();
          if (made.streams === 0) this.#dropIdleLater(made);
        },
      },
      this.#shared,
    );
    return made;
  }

  #dropIdleLater(connection: NodeFrames): void {
    setTimeout(() => {
      if (connection.streams === 0 && this.#beside.delete(connection)) connection.retire();
    }, BESIDE_IDLE_MS).unref();
  }
}

/** Connections beside the first. */
const MAX_BESIDE = 3;

/** One that has no stream for so long after its last one ends. */
const BESIDE_IDLE_MS: Ms = 5000;

/** What may wait for a stream of one endpoint. */
const MOST_WAITING = 1024;
