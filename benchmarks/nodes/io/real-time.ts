import { exponential } from '../../../core/random/distributions.ts';
import { seededRng } from '../../../core/random/rng.ts';
import { ascending, quantile } from '../../../core/stats/quantile.ts';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { Engine } from '../../../services/node/engine/engine.ts';
import { engineOptionsOf } from '../../../services/node/engine-options.ts';
import { nodeSchema } from '../../../services/node/schema.ts';

/** Runs one trace through one engine in virtual time and in real time, and compares the times to first token. */
export const compareWithRealTime = async (seconds: number, ratePerS: number): Promise<string> => {
  const requests = requestsOf(seconds, ratePerS);
  const virtual = new VirtualClock();
  const planned = submitted(virtual, requests);
  virtual.runUntil(Number.POSITIVE_INFINITY);
  const real = new SystemClock({ startUnixMs: Date.now() + 500 });
  const realised = submitted(real, requests);
  await realised.done;
  real.close();
  const [a, b] = [ascending(planned.ttftMs), ascending(realised.ttftMs)];
  const rows = [0.5, 0.9, 0.99].map((p) => {
    const [one, other] = [quantile(a, p), quantile(b, p)];
    return `p${p * 100} ${one.toFixed(2)} / ${other.toFixed(2)} ms (${(other - one).toFixed(2)} more)`;
  });
  return `${requests.length} requests at ${ratePerS}/s, TTFT in virtual / real time: ${rows.join(', ')}`;
};

interface Request {
  readonly atMs: Ms;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** Poisson arrivals and exponential lengths, which give enough queueing for a tail. */
const requestsOf = (seconds: number, ratePerS: number): readonly Request[] => {
  const rng = seededRng(1)('requests');
  const requests: Request[] = [];
  for (let atMs = 0; atMs < seconds * 1000; atMs += exponential(rng, 1000 / ratePerS)) {
    const length = (mean: number): number => Math.min(4000, 1 + Math.floor(exponential(rng, mean)));
    requests.push({ atMs, promptTokens: length(800), outputTokens: length(150) });
  }
  return requests;
};

const submitted = (clock: Clock, requests: readonly Request[]) => {
  const config = nodeSchema.parse({ profile: 'h100-llama8b' });
  const engine = new Engine({ name: 'node', ...engineOptionsOf(config), clock, rng: seededRng(1)('node') });
  const ttftMs: Ms[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let open = requests.length;
  for (const [id, { atMs, promptTokens, outputTokens }] of requests.entries()) {
    clock.at(atMs, () => {
      let hasFirst = false;
      engine.submit(
        { id, promptTokens, outputTokens, maxOutputTokens: outputTokens },
        {
          onScheduled: () => {},
          onTokens: () => {
            if (!hasFirst) ttftMs.push(clock.now() - atMs);
            hasFirst = true;
          },
          onEnd: () => {
            open--;
            if (open === 0) resolve();
          },
        },
      );
    });
  }
  return { ttftMs, done: promise };
};
