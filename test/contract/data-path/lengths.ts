import * as grpc from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import type { Policy } from '../../../router/pick/policy.ts';
import { type CreateDataPath, clientOf, nodeOf, settled, statusOf, streamed } from '../../router/io/loopback.ts';
import { dataPathBench, echo, generate, hang, statusIn, until } from './data-path-bench.ts';

/** What a data path tells a policy of a request: the length of its prompt, what its client accepts, and how long it waits. */
export const lengthClaims = (create: CreateDataPath): void => {
  const { closed, proxyOf, session: sessionTo } = dataPathBench(create);

  /** A data path whose policy goes by lengths, and what it was told. */
  const pricing = async (answer = echo, options: Parameters<typeof proxyOf>[1] = {}) => {
    const node = closed(await nodeOf(answer));
    const told: number[] = [];
    const accepted: (readonly number[])[] = [];
    const turns = createPolicy('round-robin');
    const policy: Policy = {
      name: 'by-length',
      pick(request, ...rest) {
        told.push(request.promptTokens);
        accepted.push([request.sloTtftMs, request.sloTpotMs, request.deadlineMs]);
        return turns.pick(request, ...rest);
      },
    };
    const proxy = await proxyOf([node.port], { policy, ...options });
    return { node, told, accepted, proxy, client: closed(clientOf(proxy.port)) };
  };

  test('a policy is told what the client of a request accepts, and how long it waits', async () => {
    const { accepted, proxy } = await pricing(echo);
    const says = { 'x-slo-ttft-ms': '400', 'x-slo-tpot-ms': '25', 'grpc-timeout': '5S' };
    const stream = generate(sessionTo(proxy.port), says);
    expect(await statusIn(stream)).toBe('0');
    const silent = generate(sessionTo(proxy.port), {});
    expect(await statusIn(silent)).toBe('0');
    expect(accepted).toEqual([
      [400, 25, 5000],
      [0, 0, 0],
    ]);
  });

  describe('a request that does not say how long its prompt is', () => {
    test.each([1, 40, 4000, 100_000, 1 << 20])(
      'of %d bytes is priced by its body, a token for four bytes',
      async (bytes) => {
        const { client, told } = await pricing();
        const { messages, status } = await streamed(client.generate(Buffer.alloc(bytes, 7)));
        expect([status.code, messages[0]!.length]).toEqual([grpc.status.OK, bytes]);
        expect(told).toEqual([Math.max(1, Math.round(bytes / 4))]);
      },
    );

    test('is priced by as many bytes a token as the router is told', async () => {
      const { client, told } = await pricing(echo, { bytesPerToken: 2 });
      await statusOf(client.generate(Buffer.alloc(40)));
      expect(told).toEqual([20]);
    });

    test('is priced by what it says where it does', async () => {
      const { client, told } = await pricing();
      const metadata = new grpc.Metadata();
      metadata.set('x-prompt-tokens', '7');
      await statusOf(client.generate(Buffer.alloc(4000), metadata));
      expect(told).toEqual([7]);
    });

    test('is not held up by a policy for which prompts are alike', async () => {
      const { client, told } = await pricing(echo, { policy: createPolicy('round-robin') });
      expect((await statusOf(client.generate(Buffer.alloc(40)))).code).toBe(grpc.status.OK);
      expect(told).toEqual([]);
    });

    test('goes on without its body where its client waits for the service to speak', async () => {
      const { proxy, told } = await pricing();
      const stream = sessionTo(proxy.port).request({
        ...{ ':method': 'POST', ':path': '/test.Echo/Generate', 'content-type': 'application/grpc', te: 'trailers' },
      });
      await until(() => told.length > 0);
      expect(told).toEqual([0]);
      stream.end(Buffer.alloc(5));
      expect(await statusIn(stream)).toBe('0');
    });

    test('whose body comes byte by byte is priced when its length has come', async () => {
      const { proxy, told } = await pricing();
      const stream = sessionTo(proxy.port).request({
        ...{ ':method': 'POST', ':path': '/test.Echo/Generate', 'content-type': 'application/grpc', te: 'trailers' },
      });
      const frame = Buffer.alloc(5 + 80);
      frame.writeUInt32BE(80, 1);
      for (let at = 0; at < 5; at++) stream.write(frame.subarray(at, at + 1));
      await until(() => told.length > 0);
      stream.end(frame.subarray(5));
      expect([told, await statusIn(stream)]).toEqual([[20], '0']);
    });

    test('is counted and forgotten where its client leaves before its body', async () => {
      const { proxy, told } = await pricing();
      const stream = sessionTo(proxy.port).request({
        ...{ ':method': 'POST', ':path': '/test.Echo/Generate', 'content-type': 'application/grpc', te: 'trailers' },
      });
      stream.on('error', () => {});
      await settled(3);
      stream.close(8);
      await until(() => proxy.counters().active === 0 && proxy.counters().cancelled === 1);
      await settled(40);
      expect(told.length).toBeLessThanOrEqual(1);
    });

    test('keeps its deadline while it waits', async () => {
      const { proxy } = await pricing(hang);
      const stream = generate(sessionTo(proxy.port), { 'grpc-timeout': '5m' });
      expect(await statusIn(stream)).toBe('4');
    });
  });
};
