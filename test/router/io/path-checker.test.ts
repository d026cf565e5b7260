import * as grpc from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Inference } from '../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { healthSchema } from '../../../router/filter/path-health.ts';
import { FrameProxy } from '../../../router/io/frame-proxy/frame-proxy.ts';
import { Http2Proxy } from '../../../router/io/http2-proxy.ts';
import { ask, clientOf, read, startNode, until } from '../../services/node/io/node-under-test.ts';
import { type CreateDataPath, nodeOf, proxyOf } from './loopback.ts';
import { swallowingPipe } from './swallowing-pipe.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  while (cleanUps.length > 0) await cleanUps.pop()!();
});

const QUICK = healthSchema(z).parse({ intervalMs: 50, timeoutMs: 200 });

describe.each<[string, CreateDataPath]>([
  ['Http2Proxy', (options) => new Http2Proxy(options)],
  ['FrameProxy', (options) => new FrameProxy(options)],
])('over %s,', (_, create) => {
  /** A round-robin router before those ports, that checks its paths, and a client. */
  const checkedRouter = async (ports: readonly number[]) => {
    const proxy = await proxyOf(ports, { services: [Inference.typeName], health: QUICK, create });
    cleanUps.push(() => proxy.close());
    return { proxy, client: clientOf(proxy.port), health: proxy.router.health! };
  };

  test('a path that swallows bytes is left, a request that waits there moves, and the path is used again when it is back', async () => {
    const [first, second] = [await startNode({ name: 'ashburn' }), await startNode({ name: 'frankfurt' })];
    const pipe = await swallowingPipe(first.node.port);
    cleanUps.push(() => pipe.close());
    const { proxy, client, health } = await checkedRouter([pipe.port, second.node.port]);
    pipe.swallow();
    const answers = await Promise.all([read(ask(client)), read(ask(client))]);
    expect(answers.map(({ end }) => end.code)).toEqual([grpc.status.OK, grpc.status.OK]);
    expect(health.faultOf(0)).toBe('path');
    expect(proxy.router.endpoints.available[0]).toBe(1); // its connection is open all the while
    expect([...proxy.router.endpoints.outstanding]).toEqual([0, 0]);
    expect(proxy.path.endpointCounters().map(({ requests }) => requests)).toEqual([1, 2]);
    pipe.pass();
    await until(() => health.faultOf(0) === null);
  });

  test('an answer that has begun is not moved off a path that falls silent', async () => {
    const first = await startNode({ name: 'ashburn' });
    const second = await startNode({ name: 'frankfurt' });
    const pipe = await swallowingPipe(first.node.port);
    cleanUps.push(() => pipe.close());
    const { proxy, client, health } = await checkedRouter([pipe.port, second.node.port]);
    const stream = ask(client, { outputTokens: 2000 });
    const answer = read(stream);
    await new Promise((resolve) => stream.once('data', resolve));
    pipe.swallow();
    await until(() => health.faultOf(0) === 'path');
    expect(proxy.path.endpointCounters().map(({ requests }) => requests)).toEqual([1, 0]);
    pipe.pass();
    expect((await answer).end.code).toBe(grpc.status.OK);
  });

  test('a node that says NOT_SERVING gets no request', async () => {
    const starting = await startNode({ name: 'ashburn', startedAtMs: 3_600_000 });
    const serving = await startNode({ name: 'frankfurt' });
    const { proxy, client, health } = await checkedRouter([starting.node.port, serving.node.port]);
    await until(() => health.faultOf(0) === 'node');
    for (let turn = 0; turn < 4; turn++) expect((await read(ask(client))).end.code).toBe(grpc.status.OK);
    expect(proxy.path.endpointCounters().map(({ requests }) => requests)).toEqual([0, 4]);
  });

  test('a node without a health service is one that serves', async () => {
    const node = await nodeOf((call) => call.end());
    cleanUps.push(() => node.close());
    const { proxy, health } = await checkedRouter([node.port]);
    let answers = 0;
    const { answered } = health;
    health.answered = (...given) => {
      answers++;
      answered.apply(health, given);
    };
    await until(() => answers >= 4);
    expect(health.faultOf(0)).toBe(null);
    expect(proxy.router.endpoints.available[0]).toBe(1);
  });
});
