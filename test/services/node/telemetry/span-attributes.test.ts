import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { Engine } from '../../../../services/node/engine/engine.ts';
import { engineOptionsOf } from '../../../../services/node/engine-options.ts';
import type { MeasuredTimes } from '../../../../services/node/metrics/measured-request.ts';
import { NodeMetrics } from '../../../../services/node/metrics/node-metrics.ts';
import { nodeSchema } from '../../../../services/node/schema.ts';
import { spanAttributes } from '../../../../services/node/telemetry/span-attributes.ts';

/** Measured times of requests with 100 prompt tokens. The engine serves one at a time, with 10 ms of ingest. */
const measuredOf = (outputTokens: readonly number[], after: (engine: Engine, clock: VirtualClock) => void) => {
  const clock = new VirtualClock();
  const config = nodeSchema.parse({ profile: 'h100-llama8b', ingestMs: 10, limits: { maxNumSeqs: 1 } });
  const engine = new Engine({ name: 'ashburn', ...engineOptionsOf(config), clock, rng: seededRng(1)('node') });
  const metrics = new NodeMetrics(engine, clock);
  const measured: MeasuredTimes[] = [];
  for (const [id, tokens] of outputTokens.entries()) {
    const asked = { promptTokens: 100, outputTokens: tokens, maxOutputTokens: 50 };
    const onEnd = (_: unknown, _atMs: number, times: MeasuredTimes) => {
      measured[id] = times;
    };
    const listener = { onScheduled: () => {}, onTokens: () => {}, onEnd };
    engine.submit({ id, ...asked }, metrics.measured(asked, clock.now(), listener));
  }
  after(engine, clock);
  return { metrics, measured };
};

const attributesOf = (measured: MeasuredTimes | null) =>
  spanAttributes({ id: 'abc', promptTokens: 100, maxOutputTokens: 50, measured, error: null }, 'h100-llama8b');

const known = {
  'gen_ai.request.id': 'abc',
  'gen_ai.response.model': 'h100-llama8b',
  'gen_ai.request.max_tokens': 50,
  'gen_ai.usage.prompt_tokens': 100,
};

describe('the span of a request', () => {
  test('has vLLM’s names, and for an answered request the values of vLLM’s histograms, in seconds', async () => {
    const { metrics, measured } = measuredOf([50], (_, clock) => clock.runUntil(1e6));
    const text = await metrics.text();
    const sum = (name: string) => Number(new RegExp(`^vllm:${name}_sum\\{.*\\} (.*)$`, 'm').exec(text)![1]);
    expect(attributesOf(measured[0]!)).toEqual({
      ...known,
      'gen_ai.usage.completion_tokens': 50,
      'gen_ai.response.finish_reasons': ['length'],
      'gen_ai.latency.time_in_queue': sum('request_queue_time_seconds'),
      'gen_ai.latency.time_to_first_token': sum('time_to_first_token_seconds'),
      'gen_ai.latency.time_in_model_prefill': sum('request_prefill_time_seconds'),
      'gen_ai.latency.time_in_model_decode': sum('request_decode_time_seconds'),
      'gen_ai.latency.time_in_model_inference': sum('request_inference_time_seconds'),
      'gen_ai.latency.e2e': sum('e2e_request_latency_seconds'),
    });
    expect(sum('e2e_request_latency_seconds')).toBeGreaterThan(0.3);
  });

  test('has the time in the queue, and says that the model finished before the bound', () => {
    const { measured } = measuredOf([50, 10], (_, clock) => clock.runUntil(1e6));
    const [first, second] = measured.map(attributesOf);
    expect(second!['gen_ai.response.finish_reasons']).toEqual(['stop']);
    expect(second!['gen_ai.latency.time_in_queue']).toBeCloseTo(
      (first!['gen_ai.latency.e2e'] as number) - 0.01,
      1, // a step or two
    );
  });

  test('has the times that were reached before an early end, and no times of a whole answer', () => {
    const { measured } = measuredOf([50], (engine, clock) => {
      clock.runUntil(60);
      engine.cancel(0);
    });
    const attributes = attributesOf(measured[0]!);
    expect(attributes['gen_ai.response.finish_reasons']).toEqual(['abort']);
    expect(attributes['gen_ai.usage.completion_tokens']).toBeGreaterThan(1);
    expect(Object.keys(attributes).filter((name) => name.startsWith('gen_ai.latency.'))).toEqual([
      'gen_ai.latency.time_in_queue',
      'gen_ai.latency.time_to_first_token',
      'gen_ai.latency.time_in_model_prefill',
    ]);
  });

  test('has no times for a request that failed while it waited', () => {
    const { measured } = measuredOf([50, 50], (engine, clock) => {
      clock.runUntil(60);
      engine.close();
    });
    expect(attributesOf(measured[1]!)).toEqual({
      ...known,
      'gen_ai.usage.completion_tokens': 0,
      'gen_ai.response.finish_reasons': ['error'],
    });
  });

  test('has the requested lengths for a refused request', () => {
    expect(attributesOf(null)).toEqual({ ...known, 'gen_ai.usage.completion_tokens': 0 });
  });
});
