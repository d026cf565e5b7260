import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { ascending, mean, quantile } from '../../../../core/stats/quantile.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { Engine } from '../../../../services/node/engine/engine.ts';
import { engineOptionsOf } from '../../../../services/node/engine-options.ts';
import { nodeSchema } from '../../../../services/node/schema.ts';

interface Row {
  readonly input_toks: number;
  readonly output_toks: number;
  readonly arrival_time: number;
  readonly queued_ts: number;
  readonly first_token_ts: number;
  readonly last_token_ts: number;
}

/** A request as it went: instants in ms since the first arrival. */
interface Served {
  readonly arrivedMs: number;
  firstTokenMs: number;
  lastTokenMs: number;
  readonly outputTokens: number;
}

const rows = readFileSync(new URL('../../../golden/vllm-rtx4090/requests.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);

const real: readonly Served[] = rows.map((row) => ({
  arrivedMs: (row.arrival_time - rows[0]!.arrival_time) * 1000,
  firstTokenMs: (row.first_token_ts - rows[0]!.queued_ts) * 1000, // another clock: it is aligned at the first request
  lastTokenMs: (row.last_token_ts - rows[0]!.queued_ts) * 1000,
  outputTokens: row.output_toks,
}));

const replay = (seed: number): { readonly served: readonly Served[]; readonly preemptions: number } => {
  const clock = new VirtualClock();
  const config = nodeSchema.parse({ profile: 'rtx4090-llama8b' });
  const engine = new Engine({ name: 'replay', ...engineOptionsOf(config), clock, rng: seededRng(seed)('noise') });
  const served = real.map((request) => ({ ...request, firstTokenMs: Number.NaN, lastTokenMs: Number.NaN }));
  served.forEach((request, id) => {
    const { input_toks: promptTokens, output_toks: outputTokens } = rows[id]!;
    clock.at(request.arrivedMs, () => {
      engine.submit(
        { id, promptTokens, outputTokens, maxOutputTokens: outputTokens },
        {
          onScheduled: () => {},
          onTokens: (_, atMs) => {
            if (Number.isNaN(request.firstTokenMs)) request.firstTokenMs = atMs;
            request.lastTokenMs = atMs;
          },
          onEnd: () => {},
        },
      );
    });
  });
  clock.runUntil(600_000);
  return { served, preemptions: engine.preemptions };
};

const measures = {
  TTFT: ({ firstTokenMs, arrivedMs }: Served) => firstTokenMs - arrivedMs,
  TPOT: ({ firstTokenMs, lastTokenMs, outputTokens }: Served) => (lastTokenMs - firstTokenMs) / (outputTokens - 1),
  E2E: ({ lastTokenMs, arrivedMs }: Served) => lastTokenMs - arrivedMs,
};

const figures = (requests: readonly Served[], measure: (request: Served) => number): number[] => {
  const sorted = ascending(requests.map(measure));
  return [mean(sorted), quantile(sorted, 0.5), quantile(sorted, 0.9), quantile(sorted, 0.99)];
};

describe('a replay of 300 requests that a real vLLM served on an RTX 4090', () => {
  test.each([1, 2, 3])('has its mean, p50, p90 and p99 within three per cent, whatever the noise: seed %i', (seed) => {
    const { served, preemptions } = replay(seed);
    for (const [name, measure] of Object.entries(measures)) {
      const truth = figures(real, measure);
      figures(served, measure).forEach((figure, index) => {
        expect(Math.abs(figure / truth[index]! - 1), `${name}, figure ${index}`).toBeLessThan(0.03);
      });
    }
    expect(preemptions).toBeGreaterThan(150); // the KV cache is what it is about
  });
});
