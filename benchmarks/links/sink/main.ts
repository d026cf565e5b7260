import { connect, type Socket } from 'node:net';
import { runService } from '../../../core/process/io/service-process.ts';
import type { Received, SinkSetup } from '../part-setup.ts';

const TELL_EVERY_MS = 250;

/** Opens the connections and counts received messages. */
runService<SinkSetup, null, Received>(async ({ ports, connections, messageBytes, isStalled }, parent) => {
  let bytes = 0;
  const sockets: Socket[] = [];
  for (let index = 0; index < connections; index++) {
    const socket = connect({ port: ports[index % ports.length]!, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => {}); // the relay ended first
    if (!isStalled) {
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
    }
    sockets.push(socket);
  }
  const telling = setInterval(
    () => parent.progress({ atMs: performance.now(), messages: bytes / messageBytes }),
    TELL_EVERY_MS,
  );
  return {
    ready: null,
    begin() {},
    close() {
      clearInterval(telling);
      for (const socket of sockets) socket.destroy();
    },
  };
});
