import { seededRng } from '../../../core/random/rng.ts';
import { quantile } from '../../../core/stats/quantile.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { Engine } from '../../../services/node/engine/engine.ts';
import { engineOptionsOf } from '../../../services/node/engine-options.ts';
import { serveGrpcNode } from '../../../services/node/io/grpc-node.ts';
import { nodeSchema } from '../../../services/node/schema.ts';

/** The cost of `nodes` nodes in one process without requests, and the lateness of their clock. */
export const measureIdleNodes = async (nodes: number, seconds: number): Promise<string> => {
  const clock = new SystemClock({ startUnixMs: Date.now() });
  const config = nodeSchema.parse({ profile: 'h100-llama8b' });
  const running = await Promise.all(
    Array.from({ length: nodes }, async (_, index) => {
      const name = `node-${index + 1}`;
      const engine = new Engine({ name, ...engineOptionsOf(config), clock, rng: seededRng(1)(name) });
      return serveGrpcNode({ engine, clock, host: '127.0.0.1', port: 0, emit: () => {} });
    }),
  );

  // Each callback is due 10 ms after the previous one was due. Engine steps would drift like this chain.
  const latenessMs: Ms[] = [];
  const startMs = clock.now();
  const endMs = startMs + seconds * 1000;
  const cpuBefore = process.cpuUsage();
  await new Promise<void>((resolve) => {
    const tick = (dueMs: Ms): void => {
      latenessMs.push(clock.now() - dueMs);
      if (dueMs >= endMs) resolve();
      else clock.at(dueMs + 10, tick);
    };
    clock.at(startMs, tick);
  });
  const cpu = process.cpuUsage(cpuBefore);
  const sorted = latenessMs.toSorted((a, b) => a - b);
  const share = (cpu.user + cpu.system) / 1000 / (seconds * 1000);
  await Promise.all(running.map((node) => node.close(0)));
  clock.close();
  return (
    `${nodes} idle nodes, ${seconds} s: ${(share * 100).toFixed(1)} % of a core, ` +
    `lateness p50 ${quantile(sorted, 0.5).toFixed(3)} ms, p99 ${quantile(sorted, 0.99).toFixed(3)} ms, ` +
    `at the end ${latenessMs.at(-1)!.toFixed(3)} ms, ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`
  );
};
