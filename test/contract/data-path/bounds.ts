import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import { type CreateDataPath, clientOf, nodeOf, statusOf } from '../../router/io/loopback.ts';
import { dataPathBench, echo, statusIn, steady, until } from './data-path-bench.ts';
import { DATA, END_STREAM, type Frame, HEADERS, type RawHeader, RST_STREAM, rawServer } from './raw-http2.ts';

/** What a data path holds at most, and what it learns from whose mistake. */
export const boundClaims = (create: CreateDataPath): void => {
  const { closed, atEnd, proxied, proxyOf, session } = dataPathBench(create);

  test('a client that sends faster than the node reads is held back', async () => {
    const bytes = 64 << 20;
    const held: ServerHttp2Stream[] = [];
    const node = createServer();
    node.on('session', (open) => {
      open.on('error', () => {});
      atEnd(() => open.destroy());
    });
    node.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('error', () => {});
      held.push(stream); // and reads nothing yet
    });
    node.listen(0, '127.0.0.1');
    await once(node, 'listening');
    closed(node);
    const proxy = await proxyOf([(node.address() as AddressInfo).port]);
    const client = session(proxy.port);
    await once(client, 'remoteSettings');
    const path = { ':method': 'POST', ':path': '/test.Echo/Generate', 'content-type': 'application/grpc' };
    const stream = client.request({ ...path, te: 'trailers' });
    const status = statusIn(stream);
    for (let sent = 0; sent < bytes; sent += 1 << 20) stream.write(Buffer.alloc(1 << 20));
    stream.end();
    await until(() => held.length === 1);
    const left = await steady(() => client.socket.bytesWritten);
    expect(left).toBeGreaterThan(64 << 10);
    expect(left).toBeLessThan(bytes / 4);
    let read = 0;
    const [upload] = held as [ServerHttp2Stream];
    upload.on('data', (chunk: Buffer) => {
      read += chunk.length;
    });
    await once(upload, 'end');
    expect(read).toBe(bytes);
    expect(proxy.path.endpointCounters()[0]).toMatchObject({ requestBytes: bytes });
    upload.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '0' }, { endStream: true });
    expect(await status).toBe('0');
  });

  describe('a body', () => {
    const refuseWhole = async () =>
      closed(await nodeOf((call) => void call.emit('error', { code: grpc.status.UNAVAILABLE, details: 'full' })));

    test('that fits is sent again to another node, and a longer one is not kept', async () => {
      const [first, second] = [await refuseWhole(), closed(await nodeOf(echo))];
      const proxy = await proxyOf([first.port, second.port], { replayBytes: 1000 });
      const client = closed(clientOf(proxy.port));
      const statuses: number[] = [];
      for (const length of [900, 5, 1100, 5]) {
        statuses.push((await statusOf(client.generate(Buffer.alloc(length)))).code);
      }
      // Turn by turn the first try is at the node that refuses, then at the other.
      const { OK, UNAVAILABLE } = grpc.status;
      expect(statuses).toEqual([OK, OK, UNAVAILABLE, OK]);
      expect(proxy.path.counters().retried).toBe(1);
    });
  });

  test.each([true, false])(
    'an answer before the body is whole ends the stream of the node (with a message: %s)',
    async (speaks) => {
      const node = closed(
        await rawServer((frame, peer) => {
          if (frame.type !== HEADERS) return;
          const headers: readonly RawHeader[] = [
            [':status', '200'],
            ['content-type', 'application/grpc'],
          ];
          const status: RawHeader = ['grpc-status', '13'];
          peer.headers(frame.stream, speaks ? headers : [...headers, status], !speaks);
          if (!speaks) return;
          peer.data(frame.stream, Buffer.alloc(5));
          peer.headers(frame.stream, [status], true);
        }),
      );
      const proxy = await proxyOf([node.port]);
      const path = { ':method': 'POST', ':path': '/test.Echo/Generate', 'content-type': 'application/grpc' };
      const stream = session(proxy.port).request({ ...path, te: 'trailers' });
      const status = statusIn(stream);
      stream.write(Buffer.alloc(5)); // and never ends it
      await until(() => node.peers[0]!.frames.some(isEndOfStream));
      expect(proxy.counters()).toMatchObject({ failed: 1, active: 0 });
      stream.end();
      expect(await status).toBe('13');
    },
  );

  test('mistakes of a client are no samples of a node, with any such code', async () => {
    const codes = [
      grpc.status.INVALID_ARGUMENT,
      grpc.status.UNIMPLEMENTED,
      grpc.status.RESOURCE_EXHAUSTED,
      grpc.status.NOT_FOUND,
    ];
    const { proxy, client } = await proxied((call) => {
      const code = Number(call.request.toString());
      if (code === 0) echo(call);
      else call.emit('error', { code, details: 'a mistake' });
    });
    expect((await statusOf(client.generate(Buffer.from('0')))).code).toBe(grpc.status.OK);
    const { ewma } = proxy.router.endpoints;
    const before = [ewma.valueMs[0], ewma.sampledAtMs[0]];
    for (const code of [...codes, ...codes.slice(0, 2)]) {
      expect((await statusOf(client.generate(Buffer.from(`${code}`)))).code).toBe(code);
    }
    expect([ewma.valueMs[0], ewma.sampledAtMs[0]]).toEqual(before);
    await statusOf(client.generate(Buffer.from(`${grpc.status.INTERNAL}`)));
    expect(ewma.valueMs[0]).toBeGreaterThanOrEqual(5000);
  });

  test('six mistakes of a client do not move traffic', async () => {
    const heard = [0, 0];
    const nodes = await Promise.all(
      heard.map(async (_, index) =>
        closed(
          await nodeOf((call) => {
            heard[index]!++;
            if (call.request.toString() === 'bad')
              call.emit('error', { code: grpc.status.INVALID_ARGUMENT, details: 'no' });
            else setTimeout(() => call.end(), index * 700); // the second is slower, also than the first on a busy machine
          }),
        ),
      ),
    );
    const proxy = await proxyOf(
      nodes.map(({ port }) => port),
      { policy: createPolicy('peak-ewma') },
    );
    const client = closed(clientOf(proxy.port));
    const good = (): Promise<grpc.StatusObject> => statusOf(client.generate(Buffer.from('good')));
    for (let turn = 0; turn < 4; turn++) await good();
    for (let turn = 0; turn < 6; turn++) await statusOf(client.generate(Buffer.from('bad')));
    heard.fill(0);
    for (let turn = 0; turn < 6; turn++) await good();
    expect(heard).toEqual([6, 0]);
  });
};

const isEndOfStream = ({ type, flags, stream }: Frame): boolean =>
  stream === 1 && (type === RST_STREAM || (type === DATA && (flags & END_STREAM) !== 0));
