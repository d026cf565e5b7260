import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import type { RetrySettings } from '../../../router/attempt/retry-schema.ts';
import { type CreateDataPath, clientOf, nodeOf, settled, statusOf, streamed } from '../../router/io/loopback.ts';
import { type Answer, dataPathBench, generate, until } from './data-path-bench.ts';

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
    const retry: RetrySettings = { codes: ['UNAVAILABLE'], atOnce: 0, baseMs, multiplier: 2, maxMs: 60_000 };
    const proxy = await proxyOf(ports, { retry });
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
};
