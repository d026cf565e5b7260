import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { type CreateDataPath, clientOf, nodeOf, settled, statusOf } from '../../router/io/loopback.ts';
import { type Answer, dataPathBench, generate, hang, statusIn, until } from './data-path-bench.ts';

/** What a data path does when it is told to end. */
export const drainClaims = (create: CreateDataPath): void => {
  const { closed, proxied, proxyOf, session } = dataPathBench(create);

  describe('a data path that drains', () => {
    test('lets open requests finish, notifies clients, and tells who calls meanwhile why there is no service', async () => {
      const finish = Promise.withResolvers<void>();
      const answer: Answer = (call) => {
        call.write(Buffer.from('a'));
        void finish.promise.then(() => call.end());
      };
      const { proxy } = await proxied(answer);
      const client = session(proxy.port);
      const goaway = once(client, 'goaway');
      const stream = generate(client);
      const status = statusIn(stream);
      await once(stream, 'response');
      let isDrained = false;
      const drained = proxy.path.drain(60_000).then(() => {
        isDrained = true;
      });
      expect((await goaway)[0]).toBe(0);
      const late = closed(clientOf(proxy.port));
      for (let turn = 0; turn < 2; turn++) {
        const { code, details } = await statusOf(late.generate(Buffer.from('x')));
        expect([code, details]).toEqual([grpc.status.UNAVAILABLE, 'the router is draining and takes no new requests']);
      }
      await settled(50);
      expect(isDrained).toBe(false);
      finish.resolve();
      expect(await status).toBe('0');
      await drained;
      await until(() => client.destroyed);
      const refused = connectTcp(proxy.port, '127.0.0.1');
      const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNREFUSED');
    });

    test('ends open requests with UNAVAILABLE at its limit, before and after the first message', async () => {
      const { proxy, client } = await proxied((call) => {
        if (call.request.toString() === 'speak') call.write(Buffer.from('a'));
      });
      const speaking = client.generate(Buffer.from('speak'));
      const silent = client.generate(Buffer.from('be silent'));
      const statuses = Promise.all([statusOf(speaking), statusOf(silent)]);
      await until(() => proxy.path.counters().answerBytes > 0 && proxy.path.counters().active === 2);
      await proxy.path.drain(30);
      for (const { code, details } of await statuses) {
        expect([code, details]).toEqual([grpc.status.UNAVAILABLE, 'the router is shutting down']);
      }
      expect(proxy.path.counters()).toMatchObject({ active: 0, failed: 2 });
      expect([...proxy.router.endpoints.outstanding]).toEqual([0]);
      expect(proxy.router.endpoints.ewma.valueMs[0]).toBeLessThan(5000); // not a failure of the node
    });

    test('is done at once without open requests, and can be called twice', async () => {
      const node = closed(await nodeOf(hang));
      const proxy = await proxyOf([node.port]);
      await Promise.all([proxy.path.drain(60_000), proxy.path.drain(60_000)]);
    });

    test('serves a request sent before its client saw the GOAWAY, or refuses it as not processed', async () => {
      const { proxy } = await proxied((call) => call.end());
      const client = session(proxy.port);
      await once(client, 'remoteSettings');
      const drained = proxy.path.drain(10_000);
      expect(['0', 'reset 7']).toContain(await statusIn(generate(client))); // REFUSED_STREAM: safe to send elsewhere
      await drained;
    });

    test('has a client of gRPC go elsewhere', async () => {
      const { proxy, client } = await proxied((call) => call.end());
      expect((await statusOf(client.generate(Buffer.from('x')))).code).toBe(grpc.status.OK);
      await proxy.path.drain(1000);
      const other = closed(clientOf(proxy.port));
      expect((await statusOf(other.generate(Buffer.from('x')))).code).toBe(grpc.status.UNAVAILABLE);
    });
  });
};
