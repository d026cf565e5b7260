import * as grpc from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { RouterMetrics } from '../../../router/io/router-metrics.ts';
import { CallMetrics } from '../../../router/metrics/call-metrics.ts';
import { clientOf, nodeOf, proxyOf, statusOf } from './loopback.ts';

test('a router counts its requests and names the endpoints it can reach', async () => {
  const node = await nodeOf((call) => call.end());
  const proxy = await proxyOf([node.port]);
  const client = clientOf(proxy.port);
  const endpoints = () => [{ name: 'node-0/fibre', isConnected: proxy.router.endpoints.available[0] === 1 }];
  const metrics = new RouterMetrics({
    dataPath: proxy.path,
    endpoints,
    policy: 'round-robin',
    router: proxy.router,
    clock: proxy.clock,
  });
  await statusOf(client.generate(Buffer.from('x')));
  await statusOf(client.generate(Buffer.from('x')));
  const text = await metrics.text();
  expect(text).toContain('starlane_router_requests_total{policy="round-robin"} 2\n');
  expect(text).toContain('starlane_router_answered_total{policy="round-robin"} 2\n');
  expect(text).toContain('starlane_router_active_requests{policy="round-robin"} 0\n');
  expect(text).toContain('starlane_router_client_connections{policy="round-robin"} 1\n');
  expect(text).toContain('starlane_router_queue_length{policy="round-robin"} 0\n');
  for (const [name, value] of [
    ['breaker_state', 0],
    ['breaker_opened_total', 0],
  ] as const) {
    expect(text).toContain(`starlane_router_endpoint_${name}{endpoint="node-0/fibre",policy="round-robin"} ${value}\n`);
  }
  expect(text).toContain('starlane_router_endpoint_connected{endpoint="node-0/fibre",policy="round-robin"} 1\n');
  for (const [name, count] of [
    ['attempts_total', 2],
    ['answered_total', 2],
    ['failed_total', 0],
    ['request_bytes_total', 12],
    ['active_attempts', 0],
  ] as const) {
    expect(text).toContain(`starlane_router_endpoint_${name}{endpoint="node-0/fibre",policy="round-robin"} ${count}\n`);
  }
  node.kill();
  while (proxy.router.endpoints.available[0] === 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await metrics.text()).toContain('endpoint="node-0/fibre",policy="round-robin"} 0\n');
  client.close();
  while (proxy.path.clientConnections() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await metrics.text()).toContain('starlane_router_client_connections{policy="round-robin"} 0\n');
  await proxy.close();
});

test('a router times its requests by method and status, and counts the retries of those that had any', async () => {
  let asked = 0;
  const node = await nodeOf((call) => {
    if (asked++ === 0) call.emit('error', { code: grpc.status.UNAVAILABLE });
    else call.end();
  });
  const calls = new CallMetrics('test.Echo/Generate');
  const proxy = await proxyOf([node.port, node.port], { calls });
  const client = clientOf(proxy.port);
  expect((await statusOf(client.generate(Buffer.from('x')))).code).toBe(grpc.status.OK);
  const other = new grpc.Client(`127.0.0.1:${proxy.port}`, grpc.credentials.createInsecure());
  const raw = (bytes: Buffer): Buffer => bytes;
  await new Promise((resolve) => other.makeUnaryRequest('/test.Other/Do', raw, raw, Buffer.alloc(0), resolve));
  const text = calls.text();
  expect(text).toContain('grpc_server_call_started_total{grpc_method="test.Echo/Generate"} 1\n');
  expect(text).toContain('grpc_server_call_started_total{grpc_method="other"} 1\n');
  expect(text).toContain('call_duration_seconds_count{grpc_method="test.Echo/Generate",grpc_status="OK"} 1\n');
  expect(text).toContain('call_duration_seconds_count{grpc_method="other",grpc_status="UNIMPLEMENTED"} 1\n');
  expect(text).toContain('grpc_client_call_retries_sum{grpc_method="test.Echo/Generate"} 1\n');
  expect(text).toContain('# TYPE grpc_client_call_hedges histogram\n');
  expect(text).not.toContain('grpc_client_call_hedges_count');
  expect(text).toContain('starlane_router_routing_seconds_count 1\n');
  other.close();
  client.close();
  await proxy.close();
  node.close();
});
