import * as grpc from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../core/random/rng.ts';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import type { DataPathOptions, SucceedingDataPath } from '../../../router/io/data-path.ts';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import { Router } from '../../../router/router.ts';
import { clientOf, type LoopbackProxy, nodeOf, statusOf } from '../../router/io/loopback.ts';
import { type Answer, dataPathBench, echo, generate, hang, statusIn, until } from './data-path-bench.ts';

/** What the data path of a router by itself promises besides: any service, a gate, a limit of time, and another one in its place. */
export const standingAloneClaims = (create: (options: DataPathOptions) => SucceedingDataPath): void => {
  const { closed, proxied, proxyOf, session } = dataPathBench(create);

  /** A data path that does not listen, before a node that answers so. */
  const successor = async (answer: Answer, { clock }: LoopbackProxy): Promise<SucceedingDataPath> => {
    const node = closed(await nodeOf(answer));
    const endpoints = new EndpointTable([{ name: 'new/fibre', node: 'new', medium: 'fibre' }]);
    const router = new Router({ endpoints, policy: createPolicy('random'), rng: seededRng(1)('policy') });
    const addresses = [{ host: '127.0.0.1', port: node.port }];
    return closed(create({ router, clock, addresses, services: ['test.Echo'] }));
  };

  test('without a list of services any is routed, and no other path than /service/method', async () => {
    const node = closed(await nodeOf(echo));
    const proxy = await proxyOf([node.port], { services: null });
    const client = session(proxy.port);
    const statuses = ['/test.Echo/Generate', '/other.Thing/Do', '/grpc.health.v1.Health/Check', '/', '/a/b/c'].map(
      (path) => statusIn(generate(client, { ':path': path })),
    );
    await Promise.all(statuses);
    expect(proxy.path.endpointCounters()[0]!.requests).toBe(3);
    expect(proxy.counters()).toMatchObject({ requests: 5, rejected: 2 });
  });

  test('who the gate does not admit reaches no node, and what it looked at goes no further', async () => {
    const seen: unknown[] = [];
    const node = closed(
      await nodeOf((call) => {
        seen.push(call.metadata.get('authorization'));
        call.end();
      }),
    );
    const gate = {
      admits: (headers: { get(name: string): string | undefined }) => headers.get('authorization') === 'me',
    };
    const proxy = await proxyOf([node.port], { gate });
    const client = session(proxy.port);
    expect(await statusIn(generate(client))).toBe(`${grpc.status.UNAUTHENTICATED}`);
    expect(await statusIn(generate(client, { authorization: 'you' }))).toBe(`${grpc.status.UNAUTHENTICATED}`);
    expect(seen).toEqual([]);
    expect(await statusIn(generate(client, { authorization: 'me' }))).toBe(`${grpc.status.OK}`);
    expect(seen).toEqual([[]]);
  });

  test('a request ends at the limit of the router where its client allows more, or says nothing', async () => {
    const limits: unknown[] = [];
    const node = closed(
      await nodeOf((call) => {
        limits.push(call.metadata.get('grpc-timeout').length, call.getDeadline() !== Number.POSITIVE_INFINITY);
      }),
    );
    const proxy = await proxyOf([node.port], { deadlineMs: 50 });
    const client = session(proxy.port);
    const status = `${grpc.status.DEADLINE_EXCEEDED}`;
    expect(await statusIn(generate(client))).toBe(status);
    expect(await statusIn(generate(client, { 'grpc-timeout': '1H' }))).toBe(status);
    expect(limits.filter((has) => has === true)).toHaveLength(2); // nodes hear of it
  });

  describe('a data path that takes over', () => {
    test('answers what comes from then on, over the connections of before; what is open goes on', async () => {
      const finish = Promise.withResolvers<void>();
      const { proxy } = await proxied((call) => {
        call.write(Buffer.from('old'));
        void finish.promise.then(() => call.end());
      });
      const client = closed(clientOf(proxy.port));
      const open = client.generate(Buffer.from('x'));
      const words: string[] = [];
      open.on('data', (word: Buffer) => words.push(`${word}`));
      const status = statusOf(open);
      await until(() => words.length === 1);
      const next = await successor((call) => {
        call.write(Buffer.from('new'));
        call.end();
      }, proxy);
      const { isOver } = await next.takeOver(proxy.path);
      let hasEnded = false;
      void isOver.then(() => {
        hasEnded = true;
      });
      const later = client.generate(Buffer.from('y'));
      const answer: string[] = [];
      later.on('data', (word: Buffer) => answer.push(`${word}`));
      expect((await statusOf(later)).code).toBe(grpc.status.OK);
      expect(answer).toEqual(['new']);
      expect(hasEnded).toBe(false);
      expect([proxy.counters().active, next.counters().active]).toEqual([1, 0]);
      finish.resolve();
      expect((await status).code).toBe(grpc.status.OK);
      await isOver;
      expect(proxy.counters()).toMatchObject({ requests: 1, answered: 1, active: 0 });
    });

    test('leaves those that wait for a place in the queue of before, and it serves them', async () => {
      const asked: { body: string; end: () => void }[] = [];
      const node = closed(await nodeOf((call) => void asked.push({ body: `${call.request}`, end: () => call.end() })));
      const proxy = await proxyOf([node.port], { maxOutstanding: 1, queue: { size: 5 } });
      const client = closed(clientOf(proxy.port));
      const first = statusOf(client.generate(Buffer.from('first')));
      await until(() => asked.length === 1);
      const waiting = statusOf(client.generate(Buffer.from('waiting')));
      await until(() => proxy.router.room.count === 1);
      const next = await successor(echo, proxy);
      const { isOver } = await next.takeOver(proxy.path);
      expect((await statusOf(client.generate(Buffer.from('new')))).code).toBe(grpc.status.OK);
      asked[0]!.end();
      await until(() => asked.length === 2);
      asked[1]!.end();
      expect([(await first).code, (await waiting).code]).toEqual([grpc.status.OK, grpc.status.OK]);
      await isOver;
      expect(asked.map(({ body }) => body)).toEqual(['first', 'waiting']);
    });

    test('drains what is open there, too', async () => {
      const { proxy } = await proxied(hang);
      const open = closed(clientOf(proxy.port)).generate(Buffer.from('x'));
      const status = statusOf(open);
      await new Promise((resolve) => open.once('data', resolve));
      const next = await successor(hang, proxy);
      await next.takeOver(proxy.path);
      await next.drain(50);
      expect((await status).code).toBe(grpc.status.UNAVAILABLE);
      expect(proxy.counters().active).toBe(0);
    });

    test('serves although its node cannot be reached, and says so', async () => {
      const { proxy } = await proxied(echo);
      const next = await successor(echo, proxy);
      const gone = closed(await nodeOf(echo));
      gone.kill();
      next.reconcile([{ host: '127.0.0.1', port: gone.port }]);
      await next.takeOver(proxy.path);
      const { code } = await statusOf(closed(clientOf(proxy.port)).generate(Buffer.from('x')));
      expect(code).toBe(grpc.status.UNAVAILABLE);
    });

    test('can be followed by a third while the first has something open', async () => {
      const { proxy } = await proxied(hang);
      const open = closed(clientOf(proxy.port)).generate(Buffer.from('x'));
      const status = statusOf(open);
      await new Promise((resolve) => open.once('data', resolve));
      const second = await successor(echo, proxy);
      await second.takeOver(proxy.path);
      const third = await successor(echo, proxy);
      const { isOver } = await third.takeOver(second);
      await isOver; // the second had nothing open
      const { code } = await statusOf(closed(clientOf(proxy.port)).generate(Buffer.from('x')));
      expect(code).toBe(grpc.status.OK);
      expect(third.counters().answered).toBe(1);
      await third.drain(20);
      expect((await status).code).toBe(grpc.status.UNAVAILABLE);
    });
  });
};
