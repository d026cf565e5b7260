import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { Engine } from '../../../../services/node/engine/engine.ts';
import type { EngineRequest } from '../../../../services/node/engine/request.ts';
import { engineOptionsOf } from '../../../../services/node/engine-options.ts';
import { NodeMetrics } from '../../../../services/node/metrics/node-metrics.ts';
import { nodeSchema } from '../../../../services/node/schema.ts';

const silent = { onScheduled: () => {}, onTokens: () => {}, onEnd: () => {} };

const measuredEngine = () => {
  const clock = new VirtualClock();
  const config = nodeSchema.parse({ profile: 'h100-llama8b', ingestMs: 10, limits: { maxNumSeqs: 1 } });
  const engine = new Engine({ name: 'ashburn', ...engineOptionsOf(config), clock, rng: seededRng(1)('node') });
  const metrics = new NodeMetrics(engine, clock);
  const submit = (request: EngineRequest) => engine.submit(request, metrics.measured(request, clock.now(), silent));
  return { clock, engine, metrics, submit };
};

/** Value of each series, without buckets, by its name and own labels. */
const valuesIn = (text: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#') && !line.includes('_bucket'))
      .map((line) => {
        const [, name, labels, value] = /^([^{]+)\{(.*)\} (.*)$/.exec(line)!;
        const own = labels!.replace(/,?(model_name="h100-llama8b"|engine="0")/g, '');
        return [own === '' ? name! : `${name}{${own}}`, Number(value)];
      }),
  );

const bucketsOf = (text: string, name: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^${name}_bucket\\{le="([^"]+)"`, 'gm'))].map(([, le]) => le!);

describe('the Prometheus metrics of a node', () => {
  test('have the names, types and labels of vLLM', async () => {
    const text = await measuredEngine().metrics.text();
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`).toSorted();
    expect(types).toEqual([
      'vllm:cache_config_info gauge',
      'vllm:e2e_request_latency_seconds histogram',
      'vllm:generation_tokens_total counter',
      'vllm:inter_token_latency_seconds histogram',
      'vllm:kv_cache_usage_perc gauge',
      'vllm:num_preemptions_total counter',
      'vllm:num_requests_running gauge',
      'vllm:num_requests_waiting gauge',
      'vllm:prefix_cache_hits_total counter',
      'vllm:prefix_cache_queries_total counter',
      'vllm:prompt_tokens_total counter',
      'vllm:request_decode_time_seconds histogram',
      'vllm:request_generation_tokens histogram',
      'vllm:request_inference_time_seconds histogram',
      'vllm:request_params_max_tokens histogram',
      'vllm:request_prefill_time_seconds histogram',
      'vllm:request_prompt_tokens histogram',
      'vllm:request_queue_time_seconds histogram',
      'vllm:request_success_total counter',
      'vllm:request_time_per_output_token_seconds histogram',
      'vllm:time_to_first_token_seconds histogram',
    ]);
    expect(text).toContain('vllm:num_requests_running{model_name="h100-llama8b",engine="0"} 0');
    expect(text).toContain('vllm:request_success_total{finished_reason="stop",model_name="h100-llama8b",engine="0"} 0');
  });

  test('have the buckets of vLLM', async () => {
    const { metrics, submit, clock } = measuredEngine();
    submit({ id: 1, promptTokens: 10, outputTokens: 2, maxOutputTokens: 4 });
    clock.runUntil(1e6);
    const text = await metrics.text();
    expect(bucketsOf(text, 'vllm:time_to_first_token_seconds').join(' ')).toBe(
      '0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 20 40 80 160 640 2560 +Inf',
    );
    expect(bucketsOf(text, 'vllm:inter_token_latency_seconds').join(' ')).toBe(
      '0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1 2.5 5 7.5 10 20 40 80 +Inf',
    );
    expect(bucketsOf(text, 'vllm:e2e_request_latency_seconds').join(' ')).toBe(
      '0.3 0.5 0.8 1 1.5 2 2.5 5 10 15 20 30 40 50 60 120 240 480 960 1920 7680 +Inf',
    );
    expect(bucketsOf(text, 'vllm:request_prompt_tokens').slice(0, 6)).toEqual(['1', '2', '5', '10', '20', '50']);
    expect(bucketsOf(text, 'vllm:request_prompt_tokens').slice(-2)).toEqual(['200000', '+Inf']);
  });

  test('include queueing in the time to first token, and count how each request ended', async () => {
    const { metrics, submit, clock, engine } = measuredEngine();
    submit({ id: 1, promptTokens: 100, outputTokens: 50, maxOutputTokens: 50 });
    submit({ id: 2, promptTokens: 100, outputTokens: 10, maxOutputTokens: 99 });
    submit({ id: 3, promptTokens: 100, outputTokens: 1000, maxOutputTokens: 1000 });
    clock.runUntil(60);
    const during = valuesIn(await metrics.text());
    expect(during).toMatchObject({ 'vllm:num_requests_running': 1, 'vllm:num_requests_waiting': 2 });
    expect(during['vllm:kv_cache_usage_perc']).toBe(engine.report(0).kvUsage);
    clock.runUntil(1500);
    engine.cancel(3);
    const values = valuesIn(await metrics.text());
    const first = values['vllm:e2e_request_latency_seconds_sum']! - values['vllm:request_queue_time_seconds_sum']!;
    expect(values).toMatchObject({
      'vllm:time_to_first_token_seconds_count': 3,
      'vllm:e2e_request_latency_seconds_count': 2,
      'vllm:prompt_tokens_total': 300,
      'vllm:request_prompt_tokens_sum': 200,
      'vllm:request_generation_tokens_sum': 60,
      'vllm:request_params_max_tokens_sum': 149,
      'vllm:request_success_total{finished_reason="length"}': 1,
      'vllm:request_success_total{finished_reason="stop"}': 1,
      'vllm:request_success_total{finished_reason="abort"}': 1,
      'vllm:request_success_total{finished_reason="error"}': 0,
      'vllm:num_requests_running': 0,
    });
    // The second waited for the first, so its first token came after the whole first answer.
    expect(values['vllm:time_to_first_token_seconds_sum']!).toBeGreaterThan(
      values['vllm:request_queue_time_seconds_sum']!,
    );
    expect(values['vllm:request_queue_time_seconds_sum']!).toBeGreaterThan(0.3);
    // Whole = ingest + queue + prefill + decode; inference is the last two.
    expect(first).toBeCloseTo(2 * (0.01 + 0.00011) + values['vllm:request_inference_time_seconds_sum']!, 6);
    expect(values['vllm:request_inference_time_seconds_sum']).toBeCloseTo(
      values['vllm:request_prefill_time_seconds_sum']! + values['vllm:request_decode_time_seconds_sum']!,
      9,
    );
    const tokens = values['vllm:generation_tokens_total']!;
    expect(values['vllm:inter_token_latency_seconds_count']).toBe(tokens - 3);
  });

  test('are of one node only', async () => {
    const [one, other] = [measuredEngine(), measuredEngine()];
    one.submit({ id: 1, promptTokens: 10, outputTokens: 2, maxOutputTokens: 2 });
    one.clock.runUntil(1e6);
    expect(valuesIn(await other.metrics.text())['vllm:generation_tokens_total']).toBe(0);
    expect(valuesIn(await one.metrics.text())['vllm:generation_tokens_total']).toBe(2);
  });
});
