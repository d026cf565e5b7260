import * as grpc from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Breaker, breakerSchema } from '../../../router/filter/breaker.ts';
import { RouterMetrics } from '../../../router/io/router-metrics.ts';
import { request } from '../router-under-test.ts';
import { clientOf, nodeOf, proxyOf, settled, statusOf } from './loopback.ts';

test('a router tells how many requests wait, and which of its breakers are open', async () => {
  const ends: (() => void)[] = [];
  const node = await nodeOf((call) => void ends.push(() => call.end()));
  const proxy = await proxyOf([node.port], { maxOutstanding: 1, queue: { size: 5 } });
  const { endpoints, health, ejection, room, rules } = proxy.router;
  const breaker = new Breaker(endpoints, breakerSchema(z).parse({ consecutive: 1 }), 'test');
  const attempt = proxy.router.begin(request, 0);
  if (attempt.kind !== 'attempt') throw new Error('refused');
  const ending = {
    code: grpc.status.UNAVAILABLE,
    report: null,
    pushbackMs: null,
    fault: 'node',
    isSaidByNode: true,
  } as const;
  breaker.observe({ kind: 'ended', attempt, ending, nowMs: proxy.clock.now() });
  proxy.router.end(attempt, ending, 0);
  const metrics = new RouterMetrics({
    dataPath: proxy.path,
    endpoints: () => [{ name: 'node-0/fibre', isConnected: true }],
    policy: 'round-robin',
    router: { endpoints, health, ejection, breaker, room, rules },
    clock: proxy.clock,
  });
  const client = clientOf(proxy.port);
  const statuses = [0, 1, 2].map(() => statusOf(client.generate(Buffer.from('x'))));
  while (room.count < 2) await settled(2);
  const text = await metrics.text();
  expect(text).toContain('starlane_router_queue_length{policy="round-robin"} 2\n');
  expect(text).toContain('starlane_router_endpoint_breaker_state{endpoint="node-0/fibre",policy="round-robin"} 2\n');
  expect(text).toContain(
    'starlane_router_endpoint_breaker_opened_total{endpoint="node-0/fibre",policy="round-robin"} 1\n',
  );
  for (let answered = 0; answered < 3; answered++) {
    while (ends.length === answered) await settled(2);
    ends[answered]!();
  }
  for (const status of statuses) expect((await status).code).toBe(grpc.status.OK);
  client.close();
  await proxy.close();
  node.close();
});
