import { expect, test } from 'vitest';
import { RouterMetrics } from '../../../router/io/router-metrics.ts';
import { clientOf, nodeOf, proxyOf, statusOf } from './loopback.ts';

test('a router counts its requests and names the endpoints it can reach', async () => {
  const node = await nodeOf((call) => call.end());
  const proxy = await proxyOf([node.port]);
  const client = clientOf(proxy.port);
  const endpoints = () => [{ name: 'node-0/fibre', isConnected: proxy.router.endpoints.available[0] === 1 }];
  const metrics = new RouterMetrics({ dataPath: proxy.path, endpoints, policy: () => 'round-robin' });
  await statusOf(client.generate(Buffer.from('x')));
  await statusOf(client.generate(Buffer.from('x')));
  const text = await metrics.text();
  expect(text).toContain('starlane_router_requests_total{policy="round-robin"} 2\n');
  expect(text).toContain('starlane_router_answered_total{policy="round-robin"} 2\n');
  expect(text).toContain('starlane_router_active_requests{policy="round-robin"} 0\n');
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
  await proxy.close();
});
