import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Histogram } from '../../../core/stats/histogram.ts';
import type { Clock } from '../../../core/time/clock.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { NullServer } from '../../../services/client/io/null-server.ts';

/*
 * A process that answers every call so many milliseconds after it came, over gRPC and over HTTP/1.1 from one clock, and at another port at once. At the message
 * `{ stallMs }` all of it stands still, and it tells from when to when, by the monotonic clock of the machine; at `{}` it tells how late
 * it was at the median.
 */
const firstMs = Number(process.argv[2]);
const system = new SystemClock({ startUnixMs: Date.now() });
const late = new Histogram();
const clock: Clock = {
  now: () => system.now(),
  at: (atMs, fn) =>
    system.at(atMs, (dueMs) => {
      late.record((system.now() - dueMs) * 1000);
      fn(dueMs);
    }),
};
const nowMs = (): number => performance.timeOrigin + performance.now();

const grpc = await NullServer.listen({ clock, firstMs, messages: 'one', everyMs: 0 });
const atOnce = await NullServer.listen({ clock, firstMs: 0, messages: 'one', everyMs: 0 });
const http = createServer((_, response) => {
  clock.at(clock.now() + firstMs, () => response.end('sea'));
});
await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));

process.on('message', ({ stallMs }: { readonly stallMs?: number }) => {
  if (stallMs === undefined) {
    process.send!(late.count === 0 ? 0 : late.quantileUs(0.5) / 1000);
    return;
  }
  const fromMs = nowMs();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stallMs);
  process.send!({ fromMs, toMs: nowMs() });
});
process.on('disconnect', () => process.exit(0));
process.send!({ grpcPort: grpc.port, atOncePort: atOnce.port, httpPort: (http.address() as AddressInfo).port });
