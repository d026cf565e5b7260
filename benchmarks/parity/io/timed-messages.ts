import { connect } from 'node:net';

export interface MessagesOrder {
  readonly address: string;
  readonly port: number;
  /** When each message is sent, in Unix milliseconds: each after the answer to the one before. */
  readonly sentAtUnixMs: readonly number[];
  readonly bytes: number;
}

/** Sends messages over one lasting connection to a server that sends back what it gets. How long each took, there and back. */
export const timedMessages = ({ address, port, sentAtUnixMs, bytes }: MessagesOrder): Promise<readonly number[]> =>
  new Promise((resolve, reject) => {
    const tookMs: number[] = [];
    const socket = connect({ port, host: address, noDelay: true });
    let sentMs = 0;
    let missing = 0;
    const next = (): void => {
      const atMs = sentAtUnixMs[tookMs.length];
      if (atMs === undefined) {
        socket.destroy();
        resolve(tookMs);
        return;
      }
      const send = (): void => {
        missing = bytes;
        sentMs = performance.now();
        socket.write(Buffer.alloc(bytes));
      };
      setTimeout(send, Math.max(0, atMs - Date.now()));
    };
    socket.on('error', reject).once('connect', next);
    socket.on('data', (data) => {
      missing -= data.length;
      if (missing > 0) return;
      tookMs.push(performance.now() - sentMs);
      next();
    });
  });
