import { parentPort, workerData } from 'node:worker_threads';

const { shared, timeOrigin } = workerData as { shared: SharedArrayBuffer; timeOrigin: number };
const version = new Int32Array(shared, 0, 1);
const dueAt = new Float64Array(shared, 8, 1);
const originShiftMs = performance.timeOrigin - timeOrigin; // the parent's performance.now() started earlier

parentPort!.postMessage(0); // the thread is up

for (;;) {
  const seen = Atomics.load(version, 0);
  const leftMs = dueAt[0]! - (performance.now() + originShiftMs);
  const told = leftMs > 0 && Atomics.wait(version, 0, seen, leftMs) !== 'timed-out';
  if (told) continue;
  if (Atomics.load(version, 0) !== seen) continue; // the due time may have been read half old, half new
  parentPort!.postMessage(0);
  Atomics.wait(version, 0, seen);
}
