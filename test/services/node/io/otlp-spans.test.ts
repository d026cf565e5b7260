import { Metadata } from '@grpc/grpc-js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Clock } from '../../../../core/time/clock.ts';
import { SystemClock } from '../../../../core/time/io/system-clock.ts';
import { Engine } from '../../../../services/node/engine/engine.ts';
import type { EngineListener, EngineRequest } from '../../../../services/node/engine/request.ts';
import { type OtlpSpans, otlpSpans } from '../../../../services/node/io/otlp-spans.ts';
import { type Collector, collector, mutePost, nobody } from './collector.ts';
import { ask, askWithoutReading, read, startNode, tokensOf, until } from './node-under-test.ts';

const ERROR = 2;
const SERVER = 2;
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const traceparent = `00-${TRACE}-${PARENT}-01`;

afterEach(() => void vi.unstubAllEnvs());

/** A node whose spans go where the environment says; `sent` resolves when all are, or are given up. */
const tracedNode = async (endpoint: string, options: Parameters<typeof startNode>[0] = {}) => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
  const warnings: string[] = [];
  let spans: OtlpSpans | undefined;
  const spansOf = (clock: Clock) => {
    spans = otlpSpans({ node: 'ashburn', model: 'quick', clock, warn: (line) => warnings.push(line) });
    return spans;
  };
  const node = await startNode({ ...options, spansOf });
  return { ...node, warnings, sent: () => spans!.close() };
};

const unixMsNow = (): number => performance.timeOrigin + performance.now();

const spanNamed = ({ spans }: Collector, id: string) => {
  const found = spans.filter(({ attributes }) => attributes['gen_ai.request.id'] === id);
  expect(found).toHaveLength(1);
  return found[0]!;
};

describe('a node whose environment names a collector', () => {
  test('sends one span a request: whose child it is, when it was, what was measured and who served it', async () => {
    const to = await collector();
    const { client, events, sent, warnings } = await tracedNode(to.endpoint);
    const headers = { traceparent, tracestate: 'a=1,b=2' };
    const beganMs = unixMsNow();
    const answer = await read(ask(client, { requestId: 'a-name', headers }));
    const endedMs = unixMsNow();
    expect(tokensOf(answer)).toBe(20);
    await sent();
    expect(to.paths).toEqual(['/v1/traces']);
    expect(to.spans).toHaveLength(1);
    const span = spanNamed(to, 'a-name');
    expect(span).toMatchObject({ name: 'llm_request', kind: SERVER, traceId: TRACE, parentSpanId: PARENT, status: {} });
    expect(span.traceState).toBe('a=1,b=2');
    expect(span.status.code ?? 0).toBe(0);
    expect(span.startUnixMs).toBeGreaterThanOrEqual(beganMs);
    expect(span.endUnixMs).toBeLessThanOrEqual(endedMs);
    const [received, , served] = events.map(({ atMs }) => atMs);
    expect(span.endUnixMs - span.startUnixMs).toBeCloseTo(served! - received!, 2);
    expect(span.attributes).toMatchObject({
      'gen_ai.response.model': 'quick',
      'gen_ai.usage.prompt_tokens': 10,
      'gen_ai.usage.completion_tokens': 20,
      'gen_ai.request.max_tokens': 20,
      'gen_ai.response.finish_reasons': ['length'],
    });
    const ofWholeS = span.attributes['gen_ai.latency.e2e'] as number;
    expect(ofWholeS * 1000).toBeCloseTo(span.endUnixMs - span.startUnixMs, 2);
    expect(span.attributes['gen_ai.latency.time_to_first_token']).toBeLessThan(ofWholeS);
    expect(span.resource).toMatchObject({ 'service.name': 'starlane-node', 'service.instance.id': 'ashburn' });
    expect(warnings).toEqual([]);
  });

  test('starts a trace when the caller has none, and adds no span to one that is not sampled', async () => {
    const to = await collector();
    const { client, sent } = await tracedNode(to.endpoint);
    await read(ask(client, { requestId: '1' }));
    await read(ask(client, { requestId: '2', headers: { traceparent: `00-${TRACE}-${PARENT}-00` } }));
    await read(ask(client, { requestId: '3', headers: { traceparent: 'nonsense' } }));
    await sent();
    expect(to.spans.map(({ attributes }) => attributes['gen_ai.request.id'])).toEqual(['1', '3']);
    expect(to.spans.map(({ parentSpanId }) => parentSpanId || undefined)).toEqual([undefined, undefined]);
    expect(new Set(to.spans.map(({ traceId }) => traceId)).size).toBe(2);
  });

  test('marks a refused, expired or cut-off request as an error, with its kind', async () => {
    const to = await collector();
    const { node, client, events, sent } = await tracedNode(to.endpoint, { maxUnreadTokens: 300 });
    await read(ask(client, { requestId: '1', promptTokens: 0, headers: { traceparent } }));
    await read(ask(client, { requestId: '2', outputTokens: 100_000, timeoutMs: 1000 }));
    askWithoutReading(node.port);
    await until(() => events.filter(({ kind }) => kind === 'served').length === 3);
    await sent();
    expect(to.spans).toHaveLength(3);
    const refused = spanNamed(to, '1');
    expect(refused).toMatchObject({ parentSpanId: PARENT, traceId: TRACE });
    expect(refused.status).toEqual({ code: ERROR, message: 'prompt_tokens is 0, must be at least 1' });
    expect(refused.attributes['error.type']).toBe('INVALID_ARGUMENT');
    expect(refused.endUnixMs).toBe(refused.startUnixMs);
    const expired = spanNamed(to, '2');
    expect(expired.status).toEqual({ code: ERROR, message: 'the deadline passed' });
    expect(expired.attributes['error.type']).toBe('DEADLINE_EXCEEDED');
    const unread = to.spans.find(({ status }) => status.message === 'the client left 300 tokens unread');
    expect(unread?.attributes['error.type']).toBe('RESOURCE_EXHAUSTED');
  });

  test('marks a request as expired, also when gRPC noticed first', async () => {
    class Timeless extends Engine {
      override submit({ deadlineAtMs: _, ...request }: EngineRequest, listener: EngineListener) {
        return super.submit(request, listener);
      }
    }
    const to = await collector();
    const { client, events, sent } = await tracedNode(to.endpoint, { EngineClass: Timeless });
    await read(ask(client, { requestId: '1', outputTokens: 100_000, timeoutMs: 1000 }));
    await until(() => events.at(-1)?.kind === 'served');
    await sent();
    expect(events.at(-1)).toMatchObject({ outcome: 'cancelled' });
    expect(spanNamed(to, '1').status).toEqual({ code: ERROR, message: 'the deadline passed' });
  });

  test('marks requests lost at the end as failed, and one whose client left as ended', async () => {
    const to = await collector();
    const { client, engine, sent } = await tracedNode(to.endpoint);
    const left = ask(client, { requestId: '1', outputTokens: 100_000 });
    const lost = read(ask(client, { requestId: '2', outputTokens: 100_000 }));
    await until(() => engine.report(0).running === 2);
    left.cancel();
    await until(() => engine.report(0).running === 1);
    engine.close();
    await lost;
    await sent();
    expect(spanNamed(to, '1').status.code ?? 0).toBe(0);
    expect(spanNamed(to, '1').attributes['gen_ai.response.finish_reasons']).toEqual(['abort']);
    expect(spanNamed(to, '2').status).toEqual({ code: ERROR, message: 'ashburn is closing' });
    expect(spanNamed(to, '2').attributes['error.type']).toBe('UNAVAILABLE');
  });

  test('lets the environment name the service, and no other node', async () => {
    vi.stubEnv('OTEL_SERVICE_NAME', 'mock-vllm');
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=lab,service.instance.id=all');
    vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', ''); // as Compose passes on what is not set
    const to = await collector();
    const { client, sent } = await tracedNode(to.endpoint);
    await read(ask(client));
    await sent();
    expect(to.spans[0]!.resource).toMatchObject({
      'service.name': 'mock-vllm',
      'service.instance.id': 'ashburn',
      'deployment.environment.name': 'lab',
    });
  });

  test('answers normally while the collector hangs, still ends, and says so in one line', async () => {
    const { endpoint, heard } = await mutePost();
    const { client, sent, warnings } = await tracedNode(endpoint);
    const first = await read(ask(client));
    await until(() => heard.posts > 0); // the first span hangs
    const answers = await Promise.all(Array.from({ length: 300 }, () => read(ask(client, { outputTokens: 2 }))));
    expect([first, ...answers].every(({ end }) => end.code === 0)).toBe(true);
    const early = Symbol('it hangs too');
    const limit = new Promise((resolve) => setTimeout(() => resolve(early), 10_000));
    expect(await Promise.race([sent(), limit])).not.toBe(early);
    expect(warnings).toEqual([
      'ashburn: traces: spans are dropped, the collector does not take them: the node ended before it did',
    ]);
  }, 180_000);

  test('answers normally while there is no collector, and says so in one line', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '100');
    const endpoint = await nobody();
    const { client, sent, warnings } = await tracedNode(endpoint);
    for (let round = 0; round < 2; round++) {
      expect((await read(ask(client))).end.code).toBe(0);
      await until(() => warnings.length === 1);
    }
    await sent();
    expect(warnings).toEqual([
      expect.stringMatching(/^ashburn: traces: spans are dropped, the collector does not take them: .*ECONNREFUSED/),
    ]);
  });

  test('says in one line what it cannot read in its environment', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '-1');
    const to = await collector();
    const { client, sent, warnings } = await tracedNode(to.endpoint);
    await read(ask(client));
    await sent();
    expect(to.spans).toHaveLength(1);
    expect(warnings).toEqual([expect.stringMatching(/^ashburn: traces: .*OTEL_EXPORTER_OTLP_TIMEOUT is invalid/)]);
  });

  test('keeps a bounded number of spans for a collector that hangs', async () => {
    const { endpoint, heard } = await mutePost();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
    const warnings: string[] = [];
    const clock = new SystemClock({ startUnixMs: Date.now() });
    const spans = otlpSpans({ node: 'ashburn', model: 'quick', clock, warn: (line) => warnings.push(line) });
    const request = { id: '1', promptTokens: 1, maxOutputTokens: 1, measured: null, error: null };
    for (let count = 0; count < 5000; count++) spans.open(new Metadata(), 0).end(request, 0);
    await until(() => heard.posts > 0);
    await spans.close();
    clock.close();
    // Those under way, and the queue behind them; all would be 40.
    expect(heard.posts).toBe(1 + 2048 / 128);
  }, 180_000);
});

describe('a span', () => {
  test('has the wall-clock time of its request, also when the node learnt the start of the run in between', async () => {
    const to = await collector();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', to.endpoint);
    const clock = SystemClock.notStarted();
    const spans = otlpSpans({ node: 'ashburn', model: 'quick', clock, warn: () => {} });
    const request = { promptTokens: 1, maxOutputTokens: 1, measured: null, error: null };
    const beganMs = unixMsNow();
    const receivedAtMs = clock.now();
    const [due, now] = [spans.open(new Metadata(), receivedAtMs), spans.open(new Metadata(), receivedAtMs)];
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.startAt(Date.now() - 5000);
    due.end({ ...request, id: 'due' }, receivedAtMs + 10); // a step that was due before the leap
    now.end({ ...request, id: 'now' }, clock.now());
    const endedMs = unixMsNow();
    await spans.close();
    clock.close();
    for (const id of ['due', 'now']) {
      expect(spanNamed(to, id).startUnixMs).toBeGreaterThanOrEqual(beganMs - 0.001);
      expect(spanNamed(to, id).endUnixMs).toBeLessThanOrEqual(endedMs + 0.001);
    }
    expect(spanNamed(to, 'due').endUnixMs - spanNamed(to, 'due').startUnixMs).toBeCloseTo(10, 2);
  });
});
