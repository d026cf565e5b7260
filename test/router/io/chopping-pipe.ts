import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Rng } from '../../../core/random/rng.ts';

/** Stands between two peers and passes what comes in pieces of any size, so that a frame may be cut anywhere. */
export interface ChoppingPipe {
  readonly port: number;
  close(): void;
}

export const choppingPipe = async (toPort: number, rng: Rng): Promise<ChoppingPipe> => {
  const sockets = new Set<Socket>();
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (bytes: Buffer) => {
      from.pause();
      const next = (at: number): void => {
        if (at >= bytes.length) {
          from.resume();
          return;
        }
        const end = Math.min(bytes.length, at + 1 + rng.below(rng.below(8) === 0 ? 30 : 30_000));
        const hasRoom = to.write(bytes.subarray(at, end));
        if (hasRoom) setImmediate(next, end);
        else to.once('drain', () => next(end));
      };
      next(0);
    });
    from.on('end', () => to.end());
    from.on('error', () => {}); // a close follows each
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: toPort, host: '127.0.0.1', allowHalfOpen: true });
    pass(near, far);
    pass(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};
