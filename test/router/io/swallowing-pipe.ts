import { connect, createServer, type Socket } from 'node:net';

/** Stands between a router and a node; it can swallow what comes, both ways, and keeps its connections open meanwhile. */
export interface SwallowingPipe {
  readonly port: number;
  /** From now on nothing passes: what is sent waits here. */
  swallow(): void;
  /** Passes again, and what waited first. */
  pass(): void;
  close(): void;
}

export const swallowingPipe = async (toPort: number): Promise<SwallowingPipe> => {
  const sockets = new Set<Socket>();
  let isSwallowing = false;
  const server = createServer((near) => {
    const far = connect(toPort, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => {}); // a close follows each
      from.on('close', () => to.destroy());
      if (isSwallowing) from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const each = (act: (socket: Socket) => void): void => {
    for (const socket of sockets) act(socket);
  };
  return {
    port: (server.address() as { port: number }).port,
    swallow: () => {
      isSwallowing = true;
      each((socket) => socket.pause());
    },
    pass: () => {
      isSwallowing = false;
      each((socket) => socket.resume());
    },
    close: () => {
      each((socket) => socket.destroy());
      server.close();
    },
  };
};
