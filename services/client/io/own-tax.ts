import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Histogram } from '../../../core/stats/histogram.ts';
import type { Ms } from '../../../core/time/clock.ts';
import type { PlannedRequest } from '../../../workload/schedule.ts';
import { generateMessage } from '../generate-message.ts';
import type { LoadTransport } from '../load-transport.ts';

/** What the client itself adds to the time to the first message, over `calls` calls. */
export interface OwnTax {
  readonly p50Ms: Ms;
  readonly p99Ms: Ms;
  readonly calls: number;
}

/**
 * Measures the time to first message of calls to a server that does nothing, which is a thread beside this one and reached over the
 * loopback: what any latency of this client has in it that is of the client. `requests` are sent in turn, one each 2 ms, or later where
 * the one before has no answer yet: long prompts would wait for each other. It also gets the code compiled before the run. Null where
 * it could not be measured within `withinMs`, 5 s where it is left out: a run does not wait longer for it.
 */
export const measureOwnTax = async (
  transportTo: (addresses: ReadonlyMap<string, string>) => LoadTransport,
  requests: readonly PlannedRequest[],
  withinMs: Ms = MOST_MS,
): Promise<OwnTax | null> => {
  if (requests.length === 0) return null;
  const worker = new Worker(new URL('./null-server-thread.ts', import.meta.url), { execArgv: [] });
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {}); // whoever waits hears it
  worker.on('error', lost.reject);
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const late = setTimeout(() => lost.reject(new Error('the null server is late')), withinMs);
  let transport: LoadTransport | null = null;
  try {
    const listening = new Promise<number>((resolve) => {
      worker.once('message', resolve);
    });
    const port = await Promise.race([listening, lost.promise]);
    transport = transportTo(new Map([[CLIENT, `127.0.0.1:${port}`]]));
    await Promise.race([transport.connect(withinMs), lost.promise]);
    const measuring = firstMessages(transport, requests, withinMs);
    return await Promise.race([measuring, lost.promise]);
  } catch {
    return null; // the run can do without, and says that it was not measured
  } finally {
    clearTimeout(late);
    transport?.close();
    worker.postMessage('end');
    worker.unref();
    // This timer is what keeps the process: without it one that has nothing else to wait for would end here.
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ENDING_MS);
      void exited.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
};

const firstMessages = async (
  transport: LoadTransport,
  requests: readonly PlannedRequest[],
  withinMs: Ms,
): Promise<OwnTax> => {
  const taken = new Histogram();
  for (let call = 0; call < WARM_UP_CALLS + CALLS; call++) {
    const carried = generateMessage(requests[call % requests.length]!);
    await sleep(EVERY_MS);
    const sentAtMs = performance.now();
    await new Promise<void>((resolve) => {
      let isFirst = call >= WARM_UP_CALLS;
      const listener = {
        onMessage: (): void => {
          if (isFirst) taken.record((performance.now() - sentAtMs) * 1000);
          isFirst = false;
        },
        onEnd: () => resolve(),
      };
      transport.call({ client: CLIENT, ...carried, timeoutMs: withinMs }, listener);
    });
  }
  if (taken.count < CALLS) throw new Error('the null server did not answer all calls');
  return { p50Ms: taken.quantileUs(0.5) / 1000, p99Ms: taken.quantileUs(0.99) / 1000, calls: CALLS };
};

const CLIENT = 'tax';
const CALLS = 200;
const WARM_UP_CALLS = 50;
const EVERY_MS: Ms = 2;
const MOST_MS: Ms = 5000;

/** How long the end of the thread is waited for, so that it takes nothing from the run. */
const ENDING_MS: Ms = 1000;
