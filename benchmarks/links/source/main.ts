import { type AddressInfo, createServer, type Socket } from 'node:net';
import { runService } from '../../../core/process/io/service-process.ts';
import type { SourceReady, SourceSetup } from '../part-setup.ts';

/**
 * Sends a message on every stream each `everyMs`. Streams are spread evenly over that time, and over the connections to it.
 * Starts when the run begins.
 */
runService<SourceSetup, SourceReady>(async ({ streams, messageBytes, everyMs }) => {
  const sockets: Socket[] = [];
  const message = Buffer.alloc(messageBytes, 'token ');
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {}); // the other end has closed
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));
  let playing: NodeJS.Timeout | null = null;
  return {
    ready: { port: (server.address() as AddressInfo).port },
    begin() {
      let playedMs = Math.floor(performance.now());
      // A late timer also sends what it missed, so the rate is kept.
      playing = setInterval(() => {
        for (const nowMs = performance.now(); playedMs < nowMs; playedMs++) {
          for (let stream = playedMs % everyMs; stream < streams; stream += everyMs) {
            const socket = sockets[stream % sockets.length];
            if (socket?.writableNeedDrain === false) socket.write(message);
          }
        }
      }, 1);
    },
    close() {
      if (playing !== null) clearInterval(playing);
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
});
