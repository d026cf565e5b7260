import { exponential } from '../../../core/random/distributions.ts';
import { type Rng, seededRng } from '../../../core/random/rng.ts';
import type { ClosedOrder, LoadFigures, OpenOrder } from '../load-order.ts';
import { ECHO_PATH, framedMessage } from '../message.ts';
import { otherFields, requestBlock } from '../request-fields.ts';
import type { CallListener, LoadClient } from './load-client.ts';
import { measured, type Tally } from './tally.ts';

/** One call whose answer must have the bytes of its request. */
class Echoed implements CallListener {
  readonly #body: Buffer;
  readonly #beganAtMs: number;
  readonly #tally: Tally;
  readonly #onOver: () => void;
  #received = 0;

  constructor(body: Buffer, beganAtMs: number, tally: Tally, onOver: () => void) {
    this.#body = body;
    this.#beganAtMs = beganAtMs;
    this.#tally = tally;
    this.#onOver = onOver;
  }

  onData(bytes: Buffer, from: number, to: number): string | null {
    const at = this.#received;
    this.#received += to - from;
    if (this.#received > this.#body.length) return 'an answer is too long';
    return this.#body.compare(bytes, from, to, at, this.#received) === 0 ? null : 'an answer has other bytes';
  }

  onOver(fault: string | null): void {
    const isShort = this.#received < this.#body.length ? 'an answer is too short' : null;
    this.#tally.over(performance.now() - this.#beganAtMs, fault ?? isShort);
    this.#onOver();
  }
}

/** Some calls one after another, each with its own random bytes. */
export const checkedCalls = (
  client: LoadClient,
  { calls, messageBytes }: { readonly calls: number; readonly messageBytes: number },
): Promise<LoadFigures> => {
  const rng = seededRng(messageBytes)('check');
  const bodies = Array.from({ length: calls }, () => framedMessage(randomBytes(rng, messageBytes)));
  return measured([], async (tally) => {
    for (const body of bodies) {
      await new Promise<void>((resolve) => {
        const isTaken = client.call(PLAIN, body, new Echoed(body, performance.now(), tally, resolve));
        if (!isTaken) {
          tally.over(0, 'no connection takes a stream');
          resolve();
        }
      });
    }
  });
};

/** Calls one after another, `inFlight` at a time. */
export const measureClosed = (client: LoadClient, order: ClosedOrder): Promise<LoadFigures> => {
  const { inFlight, messageBytes, hasOtherHeaders, seconds, pids } = order;
  const rng = seededRng(1)('fields');
  const body = framedMessage(randomBytes(rng, messageBytes));
  return measured(pids, async (tally) => {
    const endMs = performance.now() + seconds * 1000;
    const ended = Promise.withResolvers<void>();
    let open = 0;
    const next = (): void => {
      const nowMs = performance.now();
      if (nowMs < endMs) {
        open++;
        const isTaken = client.call(
          hasOtherHeaders ? requestBlock(ECHO_PATH, otherFields(rng)) : PLAIN,
          body,
          new Echoed(body, nowMs, tally, over),
        );
        if (isTaken) return;
        open--;
        tally.over(0, 'no connection takes a stream');
      }
      if (open === 0) ended.resolve();
    };
    const over = (): void => {
      open--;
      next();
    };
    for (let slot = 0; slot < inFlight; slot++) next();
    await ended.promise;
  });
};

/** Calls at random instants (Poisson), whether or not others have ended. Latency counts from the instant that was drawn. */
export const measureOpen = (client: LoadClient, order: OpenOrder): Promise<LoadFigures> => {
  const { ratePerS, messageBytes, seconds, seed, pids } = order;
  const rng = seededRng(seed)('arrivals');
  const body = framedMessage(randomBytes(rng, messageBytes));
  return measured(pids, async (tally) => {
    const ended = Promise.withResolvers<void>();
    const endMs = performance.now() + seconds * 1000;
    let dueMs = performance.now() + exponential(rng, 1000 / ratePerS);
    let open = 0;
    const over = (): void => {
      open--;
      if (open === 0 && dueMs >= endMs) ended.resolve();
    };
    const sendDue = (): void => {
      client.onRoomAgain = null;
      while (dueMs < endMs && dueMs <= performance.now()) {
        if (!client.call(PLAIN, body, new Echoed(body, dueMs, tally, over))) {
          client.onRoomAgain = sendDue; // all connections are full: it waits, and the wait counts
          return;
        }
        open++;
        dueMs += exponential(rng, 1000 / ratePerS);
      }
      if (dueMs < endMs) client.wakeAt(dueMs, sendDue);
      else if (open === 0) ended.resolve();
    };
    client.wakeAt(dueMs, sendDue);
    await ended.promise;
  });
};

const PLAIN = requestBlock(ECHO_PATH);

const randomBytes = (rng: Rng, length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, () => Math.floor(rng.next() * 256)));
