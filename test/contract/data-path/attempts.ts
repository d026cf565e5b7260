import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { USUAL_RETRY } from '../../../router/attempt/attempt-rules.ts';
import { type CreateDataPath, clientOf, nodeOf, settled, statusOf, streamed } from '../../router/io/loopback.ts';
import { type Answer, dataPathBench, generate, statusIn, until } from './data-path-bench.ts';
import { DATA, HEADERS, type RawHeader, rawServer } from './raw-http2.ts';

/** What a data path does with requests between their attempts, and with those that have several. */
export const attemptClaims = (create: CreateDataPath): void => {
  const { closed, atEnd, proxyOf, session: sessionTo } = dataPathBench(create);

  const refuse: Answer = (call) => void call.emit('error', { code: grpc.status.UNAVAILABLE, details: 'starting up' });
  const say: Answer = (call) => {
    call.write(Buffer.from(`${call.request}`));
    call.end();
  };

  const port = async (answer: Answer): Promise<number> => closed(await nodeOf(answer)).port;

  const waiting = async (baseMs: number, ...answers: readonly Answer[]) =>
    waitingBefore(baseMs, await Promise.all(answers.map(port)));

  const waitingBefore = async (baseMs: number, ports: readonly number[]) => {
    const retry = { ...USUAL_RETRY, atOnce: 0, baseMs, maxMs: 60_000 };
    const proxy = await proxyOf(ports, { attempts: { retry } });
    const hasRefused = (): Promise<void> => until(() => proxy.counters().active === 1 && endpointsAreIdle());
    const endpointsAreIdle = (): boolean =>
      proxy.path.endpointCounters().some(({ requests }) => requests > 0) &&
      proxy.path.endpointCounters().every(({ active }) => active === 0);
    return { proxy, client: closed(clientOf(proxy.port)), hasRefused };
  };

  describe('a request that waits for its next attempt', () => {
    test('begins it when the wait is over, with its whole body', async () => {
      const { client, proxy } = await waiting(60, refuse, say);
      const began = performance.now();
      const { messages, status } = await streamed(client.generate(Buffer.from('prompt')));
      expect([messages.map(String), status.code]).toEqual([['prompt'], grpc.status.OK]);
      expect(performance.now() - began).toBeGreaterThanOrEqual(0.8 * 60);
      expect(proxy.counters()).toMatchObject({ requests: 1, retried: 1, answered: 1, active: 0 });
    });

    test('takes in what comes of its body meanwhile', async () => {
      // A server of gRPC asks nobody before the message of a request is whole; this one refuses at once.
      const early = createServer({}, (_, response) => {
        response.stream.respond({ 'content-type': 'application/grpc', 'grpc-status': '14' }, { endStream: true });
      }).listen(0, '127.0.0.1');
      atEnd(() => early.close());
      await once(early, 'listening');
      const { proxy, hasRefused } = await waitingBefore(300, [(early.address() as AddressInfo).port, await port(say)]);
      const stream = sessionTo(proxy.port).request({
        ':method': 'POST',
        ':path': '/test.Echo/Generate',
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      const got: Buffer[] = [];
      stream.on('data', (bytes: Buffer) => got.push(bytes));
      const body = Buffer.concat([Buffer.from([0, 0, 0, 0, 4]), Buffer.from('late')]);
      stream.write(body.subarray(0, 2));
      await hasRefused();
      stream.write(body.subarray(2, 7));
      await settled(5);
      stream.end(body.subarray(7));
      await new Promise((resolve) => stream.once('close', resolve));
      expect(Buffer.concat(got)).toEqual(body);
    });

    test('ends as the attempt before did where there is no other node', async () => {
      const { client } = await waiting(20, refuse);
      const { code, details } = await statusOf(client.generate(Buffer.from('x')));
      expect([code, details]).toEqual([grpc.status.UNAVAILABLE, 'starting up']);
    });

    test('ends by its deadline', async () => {
      const { proxy } = await waiting(50_000, refuse, say);
      const stream = generate(sessionTo(proxy.port), { 'grpc-timeout': '150m' });
      const status = new Promise((resolve) => stream.once('response', (headers) => resolve(headers['grpc-status'])));
      expect(await status).toBe(`${grpc.status.DEADLINE_EXCEEDED}`);
      expect(proxy.counters()).toMatchObject({ active: 0, retried: 0 });
    });

    test('ends with its client, and begins nothing then', async () => {
      const { client, proxy, hasRefused } = await waiting(200, refuse, say);
      const stream = client.generate(Buffer.from('x'));
      await hasRefused();
      stream.cancel();
      await until(() => proxy.counters().active === 0);
      await settled(300);
      expect(proxy.counters()).toMatchObject({ cancelled: 1, retried: 0 });
    });

    test('is waited for by a drain, and is cut off at its limit', async () => {
      const short = await waiting(100, refuse, say);
      const status = statusOf(short.client.generate(Buffer.from('x')));
      await short.hasRefused();
      await short.proxy.path.drain(60_000);
      expect((await status).code).toBe(grpc.status.OK);
      const long = await waiting(50_000, refuse, say);
      const cut = statusOf(long.client.generate(Buffer.from('x')));
      await long.hasRefused();
      await long.proxy.path.drain(30);
      expect([(await cut).code, (await cut).details]).toEqual([grpc.status.UNAVAILABLE, 'the router is shutting down']);
      expect(long.proxy.counters().active).toBe(0);
    });
  });

  test('a node whose pushback is negative is not asked again, nor is another one', async () => {
    for (const pushback of ['-1', 'soon']) {
      const { client } = await waiting(
        1,
        (call) => {
          const metadata = new grpc.Metadata();
          metadata.set('grpc-retry-pushback-ms', pushback);
          call.emit('error', { code: grpc.status.UNAVAILABLE, details: 'never again', metadata });
        },
        say,
      );
      const { code, details } = await statusOf(client.generate(Buffer.from('x')));
      expect([code, details]).toEqual([grpc.status.UNAVAILABLE, 'never again']);
    }
  });

  describe('a request that a node refuses before it has seen it', () => {
    const refusing = async (refusals: number) => {
      let heard = 0;
      const node = closed(
        await rawServer((frame, peer) => {
          if (frame.type !== HEADERS) return;
          if (heard++ < refusals) peer.reset(frame.stream, 7);
          else peer.headers(frame.stream, [...HEAD, ['grpc-status', '0']], true);
        }),
      );
      return { port: node.port, heard: () => heard };
    };

    test('is sent again once, to the same node where there is no other, and does not count as an attempt', async () => {
      const once = await refusing(1);
      const proxy = await proxyOf([once.port], { maxAttempts: 1 });
      expect(await statusIn(generate(sessionTo(proxy.port)))).toBe('0');
      expect(once.heard()).toBe(2);
      const always = await refusing(100);
      const other = await proxyOf([always.port], { maxAttempts: 1 });
      expect(await statusIn(generate(sessionTo(other.port)))).toBe(`${grpc.status.UNAVAILABLE}`);
      expect(always.heard()).toBe(2);
    });

    test('beyond the last stream of a GOAWAY is sent again, and does not count either', async () => {
      const leaving = closed(
        await rawServer((frame, peer) => {
          if (frame.type === HEADERS) peer.goaway(0);
        }),
      );
      const proxy = await proxyOf([leaving.port, await port(say)], { maxAttempts: 1 });
      const { status } = await streamed(closed(clientOf(proxy.port)).generate(Buffer.from('x')));
      expect(status.code).toBe(grpc.status.OK);
    });

    test('goes to another node where there is one', async () => {
      const first = await refusing(100);
      const proxy = await proxyOf([first.port, await port(say)], { maxAttempts: 1 });
      const { status } = await streamed(closed(clientOf(proxy.port)).generate(Buffer.from('x')));
      expect(status.code).toBe(grpc.status.OK);
      expect(first.heard()).toBe(1);
    });
  });

  describe('a request with two attempts at once', () => {
    const HEDGED = { after: { ms: 40 }, boundaryMs: 0, disjoint: 'node', maxShare: 1 } as const;

    const hedged = async (...answers: readonly Answer[]) => {
      const ports = await Promise.all(answers.map(port));
      const proxy = await proxyOf(ports, { attempts: { hedge: HEDGED } });
      return { proxy, client: closed(clientOf(proxy.port)) };
    };

    test('is answered by the faster one, and the other is cancelled at its node', async () => {
      const cancelled = Promise.withResolvers<void>();
      const { proxy, client } = await hedged((call) => void call.on('cancelled', cancelled.resolve), say);
      const { messages, headers, status } = await streamed(client.generate(Buffer.from('prompt')));
      expect([messages.map(String), status.code]).toEqual([['prompt'], grpc.status.OK]);
      expect([headers.get('x-starlane-endpoint')[0], headers.get('x-starlane-attempts')[0]]).toEqual([
        'node-1/fibre',
        '2',
      ]);
      await cancelled.promise;
      await until(() => proxy.counters().active === 0);
      expect([...proxy.router.endpoints.outstanding]).toEqual([0, 0]);
      expect(proxy.path.endpointCounters().map(({ active }) => active)).toEqual([0, 0]);
    });

    test('may be answered by the first, also with a long answer of many messages', async () => {
      const late: Answer = (call) => {
        setTimeout(() => {
          for (let index = 0; index < 50; index++) call.write(Buffer.alloc(20_000, index));
          call.end();
        }, 120);
      };
      const { client } = await hedged(late, () => {});
      const { messages, headers, status } = await streamed(client.generate(Buffer.from('x')));
      expect([messages.length, status.code]).toEqual([50, grpc.status.OK]);
      for (const [index, message] of messages.entries()) expect(message.equals(Buffer.alloc(20_000, index))).toBe(true);
      expect(headers.get('x-starlane-attempts')[0]).toBe('1');
    });

    test('sends both its whole body, also what comes of it after the second began', async () => {
      const heard = ['', ''];
      const nodes = await Promise.all(
        [0, 1].map(async (index) =>
          closed(
            await rawServer((frame, peer) => {
              if (frame.type !== DATA) return;
              heard[index] += frame.payload.toString('latin1');
              if (index === 1 && heard[index]!.endsWith('end'))
                peer.headers(frame.stream, [...HEAD, ['grpc-status', '0']], true);
            }),
          ),
        ),
      );
      const proxy = await proxyOf(
        nodes.map(({ port: to }) => to),
        { attempts: { hedge: HEDGED } },
      );
      const stream = sessionTo(proxy.port).request({
        ':method': 'POST',
        ':path': '/test.Echo/Generate',
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      const status = statusIn(stream);
      stream.write('begin');
      await until(() => heard[1] === 'begin');
      stream.write(' and ');
      stream.end('end');
      expect(await status).toBe('0');
      expect(heard).toEqual(['begin and end', 'begin and end']);
    });

    test('goes on with the second where the first fails, and ends with the status of the last', async () => {
      const refuseLate: Answer = (call) => void setTimeout(() => refuse(call), 80);
      const sayLate: Answer = (call) => void setTimeout(() => say(call), 120);
      const { client } = await hedged(refuseLate, sayLate);
      expect((await statusOf(client.generate(Buffer.from('x')))).code).toBe(grpc.status.OK);
      const both = await hedged(refuseLate, (call) => void setTimeout(() => refuse(call), 100));
      const { code, details } = await statusOf(both.client.generate(Buffer.from('x')));
      expect([code, details]).toEqual([grpc.status.UNAVAILABLE, 'starting up']);
      expect(both.proxy.counters()).toMatchObject({ active: 0, failed: 1 });
    });

    test('ends both with its client, its deadline and the router', async () => {
      for (const end of ['client', 'deadline', 'drain'] as const) {
        let open = 0;
        const hang: Answer = (call) => {
          open++;
          call.on('cancelled', () => open--);
        };
        const { proxy } = await hedged(hang, hang);
        const stream = generate(sessionTo(proxy.port), end === 'deadline' ? { 'grpc-timeout': '200m' } : {});
        await until(() => open === 2);
        if (end === 'client') stream.close();
        if (end === 'drain') await proxy.path.drain(10);
        await until(() => open === 0);
        await until(() => proxy.counters().active === 0);
        expect([...proxy.router.endpoints.outstanding]).toEqual([0, 0]);
      }
    });
  });

  test('an attempt without its first message in time is given up for another node', async () => {
    const cancelled = Promise.withResolvers<void>();
    const ports = await Promise.all([port((call) => void call.on('cancelled', cancelled.resolve)), port(say)]);
    const proxy = await proxyOf(ports, { attempts: { firstTokenTimeout: { ms: 50 } } });
    const { messages, headers } = await streamed(closed(clientOf(proxy.port)).generate(Buffer.from('x')));
    expect([messages.map(String), headers.get('x-starlane-attempts')[0]]).toEqual([['x'], '2']);
    await cancelled.promise;
    expect(proxy.counters()).toMatchObject({ answered: 1, retried: 1 });
  });
};

const HEAD: readonly RawHeader[] = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
];
