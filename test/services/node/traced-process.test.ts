import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Part } from '../../../hosts/local/io/part.ts';
import type { NodeReady, NodeSetup } from '../../../hosts/part-setup.ts';
import { collector, mutePost } from './io/collector.ts';
import { ask, clientOf, read } from './io/node-under-test.ts';

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A node in a process of its own, as a run on this machine starts it: up, begun, and after one answer. */
const nodeProcess = async (environment: Readonly<Record<string, string>>) => {
  const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
  const diary = join(folder, 'diary');
  const events = join(folder, 'events.jsonl');
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.stubEnv('PROCESS_DIARY', diary);
  vi.stubEnv('NODE_OPTIONS', `--import=${resolve('test/services/node/process-diary.ts')}`);
  const part = new Part<NodeSetup, NodeReady>('node frankfurt', 'parts/node.ts');
  cleanUps.push(async () => {
    await part.stop();
    rmSync(folder, { recursive: true });
  });
  await part.loaded();
  const setup = { scenario: 'test/scenarios/pair.yaml', port: 0, overrides: {}, events, node: 'frankfurt' };
  const { port } = await part.configure(setup);
  part.begin(Date.now() - 3_600_000); // whatever it needs to start up, that is over
  const answer = await read(ask(clientOf(port), { outputTokens: 2, requestId: '7' }));
  const lines = () => readFileSync(diary, 'utf8').trimEnd().split('\n');
  const telemetry = () => {
    const urls = lines();
    expect(urls.some((url) => url.endsWith('/services/node/io/grpc-node.ts'))).toBe(true);
    return new Set(urls.flatMap((url) => /node_modules\/(@opentelemetry\/[^/]+)\//.exec(url)?.[1] ?? []));
  };
  return { part, answer, telemetry, lastLine: () => lines().at(-1) };
};

describe('the process of a node', () => {
  test('loads nothing of OpenTelemetry where the environment asks for no traces, but what prom-client does', async () => {
    const { answer, telemetry } = await nodeProcess({ OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_SERVICE_NAME: 'x' });
    expect(answer.end.code).toBe(0);
    expect([...telemetry()]).toEqual(['@opentelemetry/api']);
  });

  test('sends what it has when it is told to end', async () => {
    const to = await collector();
    const { part, answer, telemetry } = await nodeProcess({ OTEL_EXPORTER_OTLP_ENDPOINT: to.endpoint });
    expect(answer.end.code).toBe(0);
    expect(telemetry()).toContain('@opentelemetry/sdk-trace');
    await part.stop();
    expect(to.spans.map(({ attributes }) => attributes['gen_ai.request.id'])).toEqual(['7']);
    expect(to.spans[0]!.resource['service.instance.id']).toBe('frankfurt');
    expect(Math.abs(to.spans[0]!.startUnixMs - Date.now())).toBeLessThan(60_000); // not an hour off, nor a day
  });

  test('ends before it has to be killed, though the collector hangs', async () => {
    const { endpoint } = await mutePost();
    const { part, answer, lastLine } = await nodeProcess({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    expect(answer.end.code).toBe(0);
    await part.stop();
    expect(lastLine()).toBe('exit 0');
  });

  test('does not start with an invalid endpoint, and says why', async () => {
    await expect(nodeProcess({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' })).rejects.toThrow(
      'node frankfurt stopped with code 1: OTEL_EXPORTER_OTLP_ENDPOINT is collector:4317, must be a URL such as http://127.0.0.1:4318',
    );
  });
});
