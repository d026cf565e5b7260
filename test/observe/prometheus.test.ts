import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../core/net/io/port-free.ts';
import { startRouter } from '../../hosts/io/live-router.ts';
import { AgentMetrics } from '../../netem/shaping/agent/io/agent-metrics.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';
import { registerPowerGauges } from '../../services/node/metrics/power-gauges.ts';
import { ask, clientOf, read, startNode, until } from '../services/node/io/node-under-test.ts';
import { expressions } from './dashboard.ts';

// Debian's package `prometheus` has both programs; without it these tests fail.

const cleanUps: (() => unknown)[] = [];
let url = '';

/** Serves a text of metrics; resolves to its address. */
const told = async (text: () => Promise<string>): Promise<string> => {
  const server = createServer((_, response) => {
    void text().then((body) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const asked = async (path: string) =>
  (await fetch(`${url}/api/v1/${path}`)).json() as Promise<{ status: string; data: unknown }>;

const POWER = {
  drawW: 400,
  headroom: 0.5,
  temperatureC: 60,
  batteryShare: 0.8,
  usdPerMillionTokens: 1,
  gCo2PerMillionTokens: 1,
};

beforeAll(async () => {
  const { node, clock } = await startNode();
  const scenario = parseScenario(readFileSync('test/scenarios/pair.yaml', 'utf8'), 'pair.yaml', {});
  const topology = topologyOf(scenario);
  const router = await startRouter({
    scenario,
    topology,
    policy: 'ephemeris',
    addresses: topology.endpoints.map(() => ({ host: '127.0.0.1', port: node.port })),
    doors: [{ host: '127.0.0.1', port: 0 }],
    drainMs: 0,
    emit: () => {},
  });
  cleanUps.push(() => router.close({ isInterrupted: false }));
  for (let turn = 0; turn < 5; turn++) await read(ask(clientOf(router.ready.port)));
  const links = new Map(topology.endpoints.map(({ name, links: { forward } }) => [`${name}/forward`, forward]));
  const player = { shaper: 'netem', links, health: () => ({ lateP50Ms: 0.1, lateP99Ms: 1 }) };
  const agent = new AgentMetrics(player as never, clock);
  const power = new Registry();
  registerPowerGauges(power, () => POWER);
  const targets = await Promise.all([
    told(() => router.metrics!()),
    told(() => node.metrics()),
    told(() => agent.text()),
    told(() => power.metrics()),
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'starlane-prometheus-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  const discovery = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify([{ targets }]));
  });
  await new Promise<void>((resolve) => discovery.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => discovery.close());
  const config = readFileSync('observe/prometheus.yml', 'utf8')
    .replace('scrape_interval: 2s', 'scrape_interval: 1s')
    .replace('router.access:9464', `127.0.0.1:${(discovery.address() as AddressInfo).port}`);
  writeFileSync(join(folder, 'prometheus.yml'), config);
  const port = await freePort('127.0.0.1');
  url = `http://127.0.0.1:${port}`;
  const prometheus = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve, reject) => {
    prometheus.once('exit', () => resolve());
    prometheus.once('error', reject);
  });
  cleanUps.push(async () => {
    prometheus.kill('SIGKILL');
    await ended;
  });
  const areUp = async (): Promise<boolean> => {
    const reply = await asked('query?query=sum(up)').catch(() => null);
    const [sum] = (reply?.data as { result: { value: [number, string] }[] } | undefined)?.result ?? [];
    return sum?.value[1] === '4';
  };
  await Promise.race([until(areUp), ended.then(() => Promise.reject(new Error('prometheus ended')))]);
}, 180_000);

afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

test('promtool finds nothing wrong with the configuration', () => {
  expect(execFileSync('promtool', ['check', 'config', 'observe/prometheus.yml'], { encoding: 'utf8' })).toContain(
    'SUCCESS',
  );
});

test('Prometheus understands every expression of the dashboard', async () => {
  expect(expressions.length).toBeGreaterThan(10);
  for (const expression of expressions) {
    const { status } = await asked(`query?query=${encodeURIComponent(expression)}`);
    expect(status, expression).toBe('success');
  }
});

test('every metric on the dashboard is one that a part tells', async () => {
  const { data } = await asked('label/__name__/values');
  const names = new Set(data as string[]);
  const wanted = expressions.flatMap(
    (expression) => expression.match(/starlane_\w+|vllm:\w+|grpc_\w+_(?:bucket|sum|count|total)/g) ?? [],
  );
  expect(wanted.length).toBeGreaterThanOrEqual(expressions.length);
  expect(wanted.filter((name) => !names.has(name))).toEqual([]);
});

test('what Prometheus has of the router is what it did', async () => {
  const query = encodeURIComponent('sum(grpc_server_call_duration_seconds_count{grpc_status="OK"})');
  const { data } = await asked(`query?query=${query}`);
  expect((data as { result: { value: [number, string] }[] }).result[0]?.value[1]).toBe('5');
});
