import { parentPort } from 'node:worker_threads';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { NullServer } from './null-server.ts';

// It answers with one message at once, and never waits for a time: a clock that stands still is enough.
const server = await NullServer.listen({ clock: new VirtualClock(), firstMs: 0, messages: 'one', everyMs: 0 });
parentPort!.postMessage(server.port);
