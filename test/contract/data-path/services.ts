import { once } from 'node:events';
import * as grpc from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { describe, expect, test } from 'vitest';
import { OwnServices } from '../../../router/io/own/own-services.ts';
import { type CreateDataPath, nodeOf, settled } from '../../router/io/loopback.ts';
import { dataPathBench, echo, generate, statusIn, until } from './data-path-bench.ts';

const HealthClient = grpc.makeGenericClientConstructor(healthService, 'Health');

/** Which services of nodes a data path offers, and what the router answers itself. */
export const serviceClaims = (create: CreateDataPath): void => {
  const { atEnd, proxied, proxyOf, closed, session } = dataPathBench(create);

  test.each([
    '/starlane.control.v1.Control/State',
    '/xds.service.orca.v3.OpenRcaService/StreamCoreMetrics',
    '/grpc.health.v1.Health/Check',
    '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    '/test.Echo',
    '/test.Echo/Generate/more',
    '/test.echo/Generate',
    '//test.Echo/Generate',
    '/',
  ])('%s is UNIMPLEMENTED, and reaches no node', async (path) => {
    const { proxy } = await proxied(echo);
    const status = await statusIn(generate(session(proxy.port), { ':path': path }));
    expect(status).toBe(`${grpc.status.UNIMPLEMENTED}`);
    expect(proxy.path.endpointCounters()[0]).toMatchObject({ requests: 0 });
    expect(proxy.counters()).toMatchObject({ requests: 1, rejected: 1, active: 0 });
  });

  test('only POST is served', async () => {
    const { proxy } = await proxied(echo);
    const client = session(proxy.port);
    for (const method of ['GET', 'HEAD', 'PUT', 'OPTIONS']) {
      const stream = client.request({
        ':method': method,
        ':path': '/test.Echo/Generate',
        'content-type': 'application/grpc',
      });
      stream.on('error', () => {});
      const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
      expect(headers[':status']).toBe(405);
      stream.resume();
    }
  });

  describe('health of the router', () => {
    const healthOf = async () => {
      const node = await nodeOf(echo);
      atEnd(() => node.close());
      const proxy = await proxyOf([node.port], { own: new OwnServices(['test.Echo']) });
      const client = new HealthClient(
        `127.0.0.1:${proxy.port}`,
        grpc.credentials.createInsecure(),
      ) as unknown as grpc.Client & {
        check(request: object, done: (error: grpc.ServiceError | null, reply?: { status: string }) => void): void;
        watch(request: object): grpc.ClientReadableStream<{ status: string }>;
      };
      closed(client);
      const check = (service: string): Promise<string> =>
        new Promise((resolve) => {
          client.check({ service }, (error, reply) =>
            resolve(error === null ? reply!.status : grpc.status[error.code]!),
          );
        });
      return { node, proxy, client, check };
    };

    test('is SERVING while a node can be reached, for the server and for each routed service', async () => {
      const { node, proxy, check } = await healthOf();
      expect(await Promise.all(['', 'test.Echo', 'other'].map(check))).toEqual(['SERVING', 'SERVING', 'NOT_FOUND']);
      expect(proxy.counters().requests).toBe(0);
      node.kill();
      await until(() => proxy.router.endpoints.available[0] === 0);
      expect(await check('')).toBe('NOT_SERVING');
    });

    test('is watched: it turns NOT_SERVING when the router drains, and the watch does not hold that up', async () => {
      const { proxy, client } = await healthOf();
      const watch = client.watch({ service: '' });
      watch.on('error', () => {});
      const heard: string[] = [];
      watch.on('data', ({ status }: { status: string }) => heard.push(status));
      await until(() => heard.length === 1);
      await proxy.path.drain(60_000);
      await until(() => heard.length === 2);
      expect(heard).toEqual(['SERVING', 'NOT_SERVING']);
      await settled(1);
    });
  });
};
