import { parentPort } from 'node:worker_threads';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { NullServer } from './null-server.ts';

// It answers with one message at once, and never waits for a time: a clock that stands still is enough.
const server = await NullServer.listen({ clock: new VirtualClock(), firstMs: 0, messages: 'one', everyMs: 0 });
// It ends by itself, when nothing is left open: one that is terminated while its code is still loaded may take the process along.
parentPort!.once('message', () => {
  server.close();
  parentPort!.close();
});
parentPort!.postMessage(server.port);
