import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadFigures, StreamsOrder } from '../load-order.ts';
import { framedMessage, HOLD_PATH, PREFIX_BYTES, STAMP_BYTES, STREAM_PATH } from '../message.ts';
import { requestBlock } from '../request-fields.ts';
import type { CallListener, LoadClient } from './load-client.ts';
import { monotonicMs } from './monotonic.ts';
import { measured, type Tally } from './tally.ts';

/** Opens answers that send a message each `everyMs`, and measures once each of them runs. Each message counts, from when it was due. */
export const measureStreams = async (client: LoadClient, order: StreamsOrder): Promise<LoadFigures> => {
  const { streams, everyMs, messageBytes, seconds, pids } = order;
  const opened: StampedStream[] = [];
  try {
    for (let number = 0; number < streams; number++) {
      const stream = new StampedStream(messageBytes);
      const content = JSON.stringify({ everyMs, messageBytes, afterMs: number % everyMs });
      await called(client, STREAM_PATH, framedMessage(Buffer.from(content)), stream);
      opened.push(stream);
    }
    for (const stream of opened) await withinS(stream.first.promise, 'no first message came');
    await sleep(SETTLE_MS);
    return await measured(pids, async (tally) => {
      for (const stream of opened) stream.tally = tally;
      await sleep(seconds * 1000);
      for (const stream of opened) stream.tally = null;
      const expected = (streams * seconds * 1000) / everyMs;
      if (tally.latenciesMs.length < LEAST_SHARE * expected) {
        tally.fault(`${tally.latenciesMs.length} messages came, expected ${expected}`);
      }
      for (const { fault } of opened) if (fault !== null) tally.fault(fault);
    });
  } finally {
    client.resetAll();
  }
};

/** Opens answers that stay open after their first message, and resolves when all are there. They end with the connections. */
export const holdStreams = async (client: LoadClient, streams: number): Promise<null> => {
  const held: FirstMessage[] = [];
  for (let number = 0; number < streams; number++) {
    const stream = new FirstMessage();
    held.push(stream);
    await called(client, HOLD_PATH, framedMessage(Buffer.from('hold')), stream);
    if (number % HELD_AT_A_TIME === HELD_AT_A_TIME - 1) await withinS(stream.first.promise, 'no first message came');
  }
  for (const { first } of held) await withinS(first.promise, 'no first message came');
  return null;
};

/** Waits while no connection has room. */
const called = async (client: LoadClient, path: string, body: Buffer, listener: CallListener): Promise<void> => {
  const block = requestBlock(path);
  for (let tries = 0; !client.call(block, body, listener); tries++) {
    if (tries > 100) throw new Error('the connections take no more streams');
    await sleep(10);
  }
};

const withinS = async (first: Promise<void>, otherwise: string): Promise<void> => {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => late.reject(new Error(`${otherwise} within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  await Promise.race([first, late.promise]).finally(() => clearTimeout(timer));
};

/** An answer that stays open. Its end is a fault. */
class FirstMessage implements CallListener {
  readonly first = Promise.withResolvers<void>();
  fault: string | null = null;

  constructor() {
    this.first.promise.catch(() => {}); // whoever waits for it hears of it
  }

  onData(_bytes: Buffer, _from: number, _to: number): string | null {
    this.first.resolve();
    return null;
  }

  onOver(fault: string | null): void {
    this.fault ??= fault ?? 'an answer ended that was to stay open';
    this.first.reject(new Error(this.fault));
  }
}

/** An answer of stamped messages, whose numbers must be without a gap. */
class StampedStream extends FirstMessage {
  /** Where messages count now; null for nowhere. */
  tally: Tally | null = null;
  readonly #message: Buffer;
  #filled = 0;
  #number = 0;

  constructor(messageBytes: number) {
    super();
    this.#message = Buffer.alloc(PREFIX_BYTES + messageBytes);
  }

  override onData(bytes: Buffer, from: number, to: number): string | null {
    for (let at = from; at < to; ) {
      const taken = Math.min(to - at, this.#message.length - this.#filled);
      bytes.copy(this.#message, this.#filled, at, at + taken);
      this.#filled += taken;
      at += taken;
      if (this.#filled === this.#message.length) this.#onMessage();
    }
    return null;
  }

  #onMessage(): void {
    const message = this.#message;
    this.#filled = 0;
    const number = message.readUInt32BE(PREFIX_BYTES + STAMP_BYTES - 4);
    if (number !== this.#number) this.fault ??= `message ${number} came, expected ${this.#number}`;
    if (message.readUInt32BE(1) !== message.length - PREFIX_BYTES) this.fault ??= 'a message has another length';
    this.#number = number + 1;
    this.tally?.latenciesMs.add(monotonicMs() - message.readDoubleBE(PREFIX_BYTES));
    this.first.resolve();
  }
}

/** Streams begin at different times, and code is compiled. */
const SETTLE_MS = 300;
const PATIENCE_MS = 20_000;
const HELD_AT_A_TIME = 500;

/** Messages that are under way at the ends of the time are not counted. */
const LEAST_SHARE = 0.9;
