import * as grpc from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import type { WaitingSettings } from '../../../router/queue/waiting-schema.ts';
import {
  type CreateDataPath,
  clientOf,
  type LoopbackProxy,
  nodeOf,
  settled,
  statusOf,
  streamed,
} from '../../router/io/loopback.ts';
import { type Answer, dataPathBench, generate, statusIn, until } from './data-path-bench.ts';

/** What a data path does with requests that wait for a place, and with those that are shed. */
export const queueClaims = (create: CreateDataPath): void => {
  const { closed, proxyOf, session: sessionTo } = dataPathBench(create);

  /** A node that answers when it is told to, before a router that gives it one request at a time. */
  const full = async (queue: Partial<WaitingSettings>, port?: number) => {
    const asked: { body: string; answer: () => void }[] = [];
    const answer: Answer = (call) => {
      const body = `${call.request}`;
      asked.push({
        body: body.slice(0, 20),
        answer: () => {
          call.write(Buffer.from(`${call.request.length}`));
          call.end();
        },
      });
    };
    const node = port ?? closed(await nodeOf(answer)).port;
    const proxy = await proxyOf([node], { maxOutstanding: 1, queue });
    const client = closed(clientOf(proxy.port));
    const call = (body: string, headers: Readonly<Record<string, string>> = {}) => {
      const metadata = new grpc.Metadata();
      for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
      return client.generate(Buffer.from(body), metadata);
    };
    /** Once it is in the queue. */
    const waits = async (body: string, headers: Readonly<Record<string, string>> = {}) => {
      const before = proxy.router.room.count;
      const stream = call(body, headers);
      const status = statusOf(stream);
      await until(() => proxy.router.room.count > before);
      return { stream, status };
    };
    const serve = async (requests: number): Promise<void> => {
      for (let turn = 0; turn < requests; turn++) {
        const before = asked.length;
        await until(() => asked.length >= before && asked.length > served);
        asked[served++]!.answer();
      }
    };
    let served = 0;
    return { proxy, call, waits, serve, asked };
  };

  const endsIn = (proxy: LoopbackProxy): readonly string[] =>
    proxy.events.filter((event) => event.kind === 'waited').map(({ end }) => end);

  describe('where every endpoint is full', () => {
    test('a request waits, and is served in the order of priority', async () => {
      const { proxy, call, waits, serve, asked } = await full({ size: 10 });
      const first = statusOf(call('first'));
      await until(() => asked.length === 1);
      const late = await waits('late', { 'x-priority': '5' });
      const usual = await waits('usual');
      const urgent = await waits('urgent', { 'x-priority': '-1' });
      await serve(4);
      for (const status of [first, late.status, usual.status, urgent.status]) {
        expect((await status).code).toBe(grpc.status.OK);
      }
      expect(asked.map(({ body }) => body)).toEqual(['first', 'urgent', 'usual', 'late']);
      expect(proxy.counters()).toMatchObject({ requests: 4, answered: 4, active: 0 });
      expect(endsIn(proxy)).toEqual(['placed', 'placed', 'placed']);
    });

    test('a full queue sheds the one of the lowest priority, and asks its client to wait', async () => {
      const { proxy, call, waits, serve, asked } = await full({ size: 1 });
      const first = statusOf(call('first'));
      await until(() => asked.length === 1);
      const low = await waits('low', { 'x-priority': '2' });
      const high = call('high', { 'x-priority': '1' });
      const shed = await low.status;
      expect([shed.code, shed.details]).toEqual([
        grpc.status.RESOURCE_EXHAUSTED,
        'every endpoint has as many requests as it may have, and the queue is full',
      ]);
      expect(Number(shed.metadata.get('grpc-retry-pushback-ms')[0])).toBeGreaterThan(0);
      const refused = await statusOf(call('lower', { 'x-priority': '3' }));
      expect(refused.code).toBe(grpc.status.RESOURCE_EXHAUSTED);
      const { status } = { status: statusOf(high) };
      await serve(2);
      expect([(await first).code, (await status).code]).toEqual([grpc.status.OK, grpc.status.OK]);
      expect(proxy.counters()).toMatchObject({ answered: 2, rejected: 2, active: 0 });
    });

    test('a request waits no longer than it may', async () => {
      const { proxy, call, asked } = await full({ size: 1, timeoutMs: 60 });
      const first = call('first');
      await until(() => asked.length === 1);
      expect(await statusOf(call('late'))).toMatchObject({
        code: grpc.status.RESOURCE_EXHAUSTED,
        details: expect.stringMatching(/^no endpoint had room within \d+ ms$/),
      });
      expect(endsIn(proxy)).toEqual(['timeout']);
      first.cancel();
    });

    test('a request that waits ends by its deadline, or with its client, and its place goes to the next', async () => {
      const { proxy, call, waits, serve, asked } = await full({ size: 3 });
      const first = statusOf(call('first'));
      await until(() => asked.length === 1);
      const late = generate(sessionTo(proxy.port), { 'grpc-timeout': '80m' });
      expect(await statusIn(late)).toBe(`${grpc.status.DEADLINE_EXCEEDED}`);
      expect(endsIn(proxy)).toEqual(['gone']);
      const gone = await waits('gone');
      const last = await waits('last');
      gone.stream.cancel();
      await until(() => proxy.router.room.count === 1);
      await serve(2);
      expect([(await first).code, (await last.status).code]).toEqual([grpc.status.OK, grpc.status.OK]);
      expect(asked.map(({ body }) => body)).toEqual(['first', 'last']);
    });

    test('a place that its client gives up goes to the next', async () => {
      const { call, waits, serve, asked } = await full({ size: 3 });
      const first = call('first');
      await until(() => asked.length === 1);
      const next = await waits('next');
      first.cancel();
      await until(() => asked.length === 2);
      asked[1]!.answer();
      expect((await next.status).code).toBe(grpc.status.OK);
      await serve(0);
    });

    test('a body that is too long to be kept for another attempt waits whole', async () => {
      const { proxy, call, serve, asked } = await full({ size: 3 });
      const first = statusOf(call('first'));
      await until(() => asked.length === 1);
      const long = streamed(call('x'.repeat(1_500_000)));
      await until(() => proxy.router.room.count === 1);
      await settled(50); // as much of the body has come as comes
      await serve(2);
      expect((await first).code).toBe(grpc.status.OK);
      const { messages, status } = await long;
      expect([messages.map(String), status.code]).toEqual([['1500000'], grpc.status.OK]);
    });

    test('a drain waits for the queue, and ends what is left of it at its limit', async () => {
      const short = await full({ size: 3 });
      const first = statusOf(short.call('first'));
      await until(() => short.asked.length === 1);
      const next = await short.waits('next');
      const drained = short.proxy.path.drain(60_000);
      await short.serve(2);
      await drained;
      expect([(await first).code, (await next.status).code]).toEqual([grpc.status.OK, grpc.status.OK]);
      const long = await full({ size: 3 });
      const cut = statusOf(long.call('first'));
      await until(() => long.asked.length === 1);
      const last = await long.waits('last');
      await long.proxy.path.drain(30);
      expect([(await cut).code, (await last.status).code]).toEqual([grpc.status.UNAVAILABLE, grpc.status.UNAVAILABLE]);
      expect(long.asked.map(({ body }) => body)).toEqual(['first']);
      expect(long.proxy.counters().active).toBe(0);
    });
  });

  test('where the only endpoint is lost, those that waited for it end at once', async () => {
    const asked: string[] = [];
    const node = await nodeOf((call) => void asked.push(`${call.request}`));
    const proxy = await proxyOf([node.port], { maxOutstanding: 1, queue: { size: 5 } });
    const client = closed(clientOf(proxy.port));
    const first = statusOf(client.generate(Buffer.from('first')));
    await until(() => asked.length === 1);
    const next = statusOf(client.generate(Buffer.from('next')));
    await until(() => proxy.router.room.count === 1);
    node.kill();
    expect([(await first).code, (await next).code]).toEqual([grpc.status.UNAVAILABLE, grpc.status.UNAVAILABLE]);
    expect(proxy.router.room.count).toBe(0);
  });
};
