import { once } from 'node:events';
import { connect } from 'node:http2';
import { connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orcaOf } from '../../../router/endpoint/orca-report.ts';
import { type CreateDataPath, clientOf, nodeOf, settled, statusOf, streamed } from '../../router/io/loopback.ts';
import { loadReport } from '../../router/load-report-fixture.ts';
import { type Answer, dataPathBench, generate, hang, steady, until } from './data-path-bench.ts';

/** What a data path does with requests and answers. */
export const requestClaims = (create: CreateDataPath): void => {
  const { closed, atEnd, proxied, proxyOf, session: sessionTo } = dataPathBench(create);

  describe('a stream through the proxy', () => {
    test('carries every message unchanged and in order (I6), of any size', async () => {
      const { client } = await proxied((call) => {
        const sizes = JSON.parse(call.request.toString()) as number[];
        for (const [index, size] of sizes.entries()) call.write(Buffer.alloc(size, index));
        call.end();
      });
      const size = fc.oneof(fc.constant(0), fc.nat(300), fc.integer({ min: 60_000, max: 200_000 }));
      await fc.assert(
        fc.asyncProperty(fc.array(size, { maxLength: 12 }), async (sizes) => {
          const { messages, status } = await streamed(client.generate(Buffer.from(JSON.stringify(sizes))));
          expect(status.code).toBe(grpc.status.OK);
          expect(messages.length).toBe(sizes.length);
          for (const [index, message] of messages.entries()) {
            expect(message.equals(Buffer.alloc(sizes[index]!, index))).toBe(true);
          }
        }),
        { numRuns: 25 },
      );
    });

    test('carries a request larger than it would keep for a retry', async () => {
      const { client } = await proxied((call) => {
        call.write(Buffer.from(`${call.request.length}`));
        call.end();
      });
      const { messages } = await streamed(client.generate(Buffer.alloc(3 << 20, 7)));
      expect(messages[0]!.toString()).toBe(`${3 << 20}`);
    });

    test('waits for a slow reader instead of piling up its answer', async () => {
      const bytes = 32 << 20;
      const { proxy } = await proxied((call) => {
        for (let sent = 0; sent < bytes; sent += 1 << 20) call.write(Buffer.alloc(1 << 20));
        call.end();
      });
      const stream = generate(sessionTo(proxy.port));
      await once(stream, 'response'); // and reads nothing yet
      const passed = await steady(() => proxy.counters().answerBytes);
      expect(passed).toBeLessThan(bytes / 4);
      let read = 0;
      stream.on('data', (chunk: Buffer) => {
        read += chunk.length;
      });
      await once(stream, 'end');
      expect(read).toBe(bytes + (bytes >> 20) * 5); // a prefix of 5 bytes a message
    });

    test('brings the metadata of the answer, and which endpoint served it', async () => {
      const { client } = await proxied((call) => {
        const headers = new grpc.Metadata();
        headers.set('x-model', 'mock');
        call.sendMetadata(headers);
        call.write(Buffer.from('a'));
        const trailers = new grpc.Metadata();
        trailers.set('x-cost', '3');
        call.end(trailers);
      });
      const { headers, status } = await streamed(client.generate(Buffer.from('x')));
      const names = ['x-model', 'x-starlane-endpoint', 'x-starlane-medium', 'x-starlane-attempts'];
      expect(names.map((name) => headers.get(name)[0])).toEqual(['mock', 'node-0/fibre', 'fibre', '1']);
      expect(status.metadata.get('x-cost')).toEqual(['3']);
    });

    test("forwards the client's trace to every node that is tried, and adds none of its own", async () => {
      const heard: string[][] = [];
      const answerWith =
        (code: grpc.status): Answer =>
        (call) => {
          heard.push(['traceparent', 'tracestate'].map((name) => call.metadata.get(name).join()));
          call.emit('error', { code, details: '', metadata: new grpc.Metadata() });
        };
      const { client } = await proxied(answerWith(grpc.status.UNAVAILABLE), answerWith(grpc.status.INVALID_ARGUMENT));
      const trace = ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'a=1,b=2'];
      const headers = new grpc.Metadata();
      headers.set('traceparent', trace[0]!);
      headers.set('tracestate', trace[1]!);
      await statusOf(client.generate(Buffer.from('x'), headers));
      await statusOf(client.generate(Buffer.from('x')));
      expect(heard).toEqual([trace, trace, ...heard.slice(2)]);
      expect(heard.length).toBeGreaterThan(2);
      for (const none of heard.slice(2)) expect(none).toEqual(['', '']);
    });

    test('brings the status of an error, with and without messages before it', async () => {
      const { client } = await proxied((call) => {
        if (call.request.toString() === 'late') call.write(Buffer.from('a'));
        call.emit('error', {
          code: grpc.status.INVALID_ARGUMENT,
          details: 'no such model',
          metadata: new grpc.Metadata(),
        });
      });
      for (const when of ['early', 'late']) {
        const status = await statusOf(client.generate(Buffer.from(when)));
        expect([status.code, status.details]).toEqual([grpc.status.INVALID_ARGUMENT, 'no such model']);
      }
    });

    test('hands the load report in its trailers to the table', async () => {
      const { client, proxy } = await proxied((call) => {
        const trailers = new grpc.Metadata();
        trailers.set('endpoint-load-metrics-bin', Buffer.from(orcaOf(loadReport({ atMs: 5, running: 3 }))));
        call.end(trailers);
      });
      await streamed(client.generate(Buffer.from('x')));
      expect(proxy.router.endpoints.nodes.running[0]).toBe(3);
    });

    test('hands a load report as text or JSON in its trailers to the table, where there is none as protobuf', async () => {
      const { client, proxy } = await proxied((call) => {
        const trailers = new grpc.Metadata();
        const form = call.request.toString();
        const load = form === 'text' ? 'TEXT cpu_utilization=0.4' : 'JSON {"cpu_utilization": 0.5}';
        trailers.set('endpoint-load-metrics', load);
        if (form === 'both') trailers.set('endpoint-load-metrics-bin', Buffer.from(orcaOf(loadReport({ running: 7 }))));
        call.end(trailers);
      });
      const { nodes } = proxy.router.endpoints;
      for (const [form, utilization] of [
        ['text', 0.4],
        ['json', 0.5],
        ['both', 0.5],
      ] as const) {
        await streamed(client.generate(Buffer.from(form)));
        expect(nodes.utilization[0]).toBe(utilization);
      }
    });

    test('gives the policy the values of the headers', async () => {
      const { client, proxy } = await proxied((call) => call.end());
      const headers = new grpc.Metadata();
      headers.set('x-request-id', '42');
      await streamed(client.generate(Buffer.from('x'), headers));
      await streamed(client.generate(Buffer.from('x')));
      expect(proxy.events.map((event) => event.kind === 'routed' && event.request)).toEqual([42, -2]);
    });
  });

  describe('an end before the answer is complete', () => {
    test('by the client reaches the node', async () => {
      const cancelled = Promise.withResolvers<void>();
      const { client, proxy } = await proxied((call) => {
        call.on('cancelled', cancelled.resolve);
        call.write(Buffer.from('a'));
      });
      const stream = client.generate(Buffer.from('x'));
      await once(stream, 'data');
      stream.cancel();
      await cancelled.promise;
      expect(proxy.counters()).toMatchObject({ active: 0, cancelled: 1 });
    });

    test('by the death of the client leaves nothing outstanding', async () => {
      const cancelled = Promise.withResolvers<void>();
      const { proxy } = await proxied((call) => {
        call.on('cancelled', cancelled.resolve);
        call.write(Buffer.from('a'));
      });
      const session = connect(`http://127.0.0.1:${proxy.port}`);
      const stream = generate(session);
      await once(stream, 'data');
      expect(proxy.router.endpoints.outstanding[0]).toBe(1);
      session.destroy();
      await cancelled.promise;
      expect(proxy.router.endpoints.outstanding[0]).toBe(0);
    });

    test('by the deadline reaches both sides', async () => {
      const seen = Promise.withResolvers<grpc.Deadline>();
      const cancelled = Promise.withResolvers<void>();
      const { proxy } = await proxied((call) => {
        seen.resolve(call.getDeadline());
        call.on('cancelled', cancelled.resolve);
      });
      const session = sessionTo(proxy.port);
      const stream = generate(session, { 'grpc-timeout': '150m' });
      const [headers] = (await once(stream, 'response')) as [Record<string, string>];
      expect(headers['grpc-status']).toBe(`${grpc.status.DEADLINE_EXCEEDED}`);
      expect(await seen.promise).not.toBe(Number.POSITIVE_INFINITY);
      await cancelled.promise;
      expect(proxy.router.endpoints.outstanding[0]).toBe(0);
    });

    test('by the death of the node before the first message is tried once more elsewhere', async () => {
      let kill = (): void => {};
      const die: Answer = () => kill();
      const answer: Answer = (call) => {
        call.write(Buffer.from(`${call.request} after ${call.metadata.get('grpc-previous-rpc-attempts')}`));
        call.end();
      };
      const { client, nodes, proxy } = await proxied(die, answer);
      kill = () => nodes[0]!.kill();
      const { messages, headers, status } = await streamed(client.generate(Buffer.from('prompt')));
      expect(messages.map(String)).toEqual(['prompt after 1']);
      expect([headers.get('x-starlane-endpoint')[0], headers.get('x-starlane-attempts')[0]]).toEqual([
        'node-1/fibre',
        '2',
      ]);
      expect(status.code).toBe(grpc.status.OK);
      expect([...proxy.router.endpoints.outstanding]).toEqual([0, 0]);
      expect(proxy.counters()).toMatchObject({ requests: 1, retried: 1, answered: 1, active: 0 });
    });

    test('by the death of the node in mid-answer is UNAVAILABLE, once, and not tried again', async () => {
      const { client, nodes, proxy } = await proxied(hang, hang);
      const stream = client.generate(Buffer.from('x'));
      const statuses: number[] = [];
      stream.on('status', ({ code }) => statuses.push(code));
      await once(stream, 'data');
      nodes[0]!.kill();
      await statusOf(stream);
      await settled(50);
      expect(statuses).toEqual([grpc.status.UNAVAILABLE]);
      expect([...proxy.router.endpoints.outstanding]).toEqual([0, 0]);
      expect(proxy.counters()).toMatchObject({ failed: 1, retried: 0 });
    });

    test('by a node with UNAVAILABLE is retried elsewhere, and passed on when there is no other node', async () => {
      const refuse: Answer = (call) => {
        call.emit('error', { code: grpc.status.UNAVAILABLE, details: 'starting up' });
      };
      const pair = await proxied(refuse, (call) => call.end());
      expect((await statusOf(pair.client.generate(Buffer.from('x')))).code).toBe(grpc.status.OK);
      const alone = await proxied(refuse);
      const status = await statusOf(alone.client.generate(Buffer.from('x')));
      expect([status.code, status.details]).toEqual([grpc.status.UNAVAILABLE, 'starting up']);
    });
  });

  describe('the proxy', () => {
    test('refuses with UNAVAILABLE while no node is connected, and comes back with the node', async () => {
      const { client, nodes, proxy } = await proxied((call) => call.end());
      nodes[0]!.kill();
      while (proxy.router.endpoints.available[0] === 1) await settled(5);
      const status = await statusOf(client.generate(Buffer.from('x')));
      expect([status.code, status.details]).toEqual([grpc.status.UNAVAILABLE, 'no endpoint can take the request']);
      closed(await nodeOf((call) => call.end(), nodes[0]!.port));
      while (proxy.router.endpoints.available[0] === 0) await settled(5);
      expect((await statusOf(client.generate(Buffer.from('x')))).code).toBe(grpc.status.OK);
    });

    test('gives up a node that vanished without a word, and finds it again', async () => {
      const node = closed(await nodeOf((call) => call.end()));
      const held: Socket[] = [];
      const between = createTcpServer((near) => {
        const far = connectTcp(node.port, '127.0.0.1');
        held.push(near, far);
        for (const socket of [near, far]) socket.on('error', () => {});
        near.pipe(far).pipe(near);
      }).listen(0, '127.0.0.1');
      await once(between, 'listening');
      atEnd(() => {
        between.close();
        for (const socket of held) socket.destroy();
      });
      const { port } = between.address() as { port: number };
      const proxy = await proxyOf([port], { keepalive: { everyMs: 20, timeoutMs: 300 } });
      expect(proxy.router.endpoints.available[0]).toBe(1);
      for (const socket of held.splice(0)) {
        socket.unpipe();
        socket.pause();
        atEnd(() => socket.destroy());
      }
      await until(() => held.length > 0); // it connects again
      await until(() => proxy.router.endpoints.available[0] === 1);
      expect((await statusOf(closed(clientOf(proxy.port)).generate(Buffer.from('x')))).code).toBe(grpc.status.OK);
    });

    test('opens another door to the same nodes', async () => {
      const node = closed(await nodeOf((call) => call.end()));
      const proxy = await proxyOf([node.port]);
      const second = await proxy.alsoListen();
      expect(second).not.toBe(proxy.port);
      for (const port of [proxy.port, second]) {
        expect((await statusOf(closed(clientOf(port)).generate(Buffer.from('x')))).code).toBe(grpc.status.OK);
      }
    });

    test('refuses with RESOURCE_EXHAUSTED beyond what an endpoint may have', async () => {
      const node = closed(
        await nodeOf((call) => {
          call.write(Buffer.from('a'));
        }),
      );
      const proxy = await proxyOf([node.port], { maxOutstanding: 1 });
      const client = closed(clientOf(proxy.port));
      const first = client.generate(Buffer.from('x'));
      await once(first, 'data');
      expect((await statusOf(client.generate(Buffer.from('x')))).code).toBe(grpc.status.RESOURCE_EXHAUSTED);
      first.cancel();
    });

    test('answers 415 to what is not gRPC', async () => {
      const { proxy } = await proxied((call) => call.end());
      const session = sessionTo(proxy.port);
      const stream = session.request({ ':method': 'POST', ':path': '/' });
      const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
      stream.resume();
      expect(headers[':status']).toBe(415);
    });

    test('says in one line that its port is in use', async () => {
      const taken = createTcpServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      atEnd(() => taken.close());
      const { port } = taken.address() as { port: number };
      await expect(proxyOf([], { port })).rejects.toThrow(
        `router cannot listen on 127.0.0.1:${port}: the port is in use`,
      );
    });

    test('closes with requests open, and leaves none', async () => {
      const { client, proxy } = await proxied((call) => {
        call.write(Buffer.from('a'));
      });
      const stream = client.generate(Buffer.from('x'));
      const status = statusOf(stream);
      await once(stream, 'data');
      await proxy.close();
      expect((await status).code).not.toBe(grpc.status.OK);
      expect(proxy.counters().active).toBe(0);
    });
  });
};
