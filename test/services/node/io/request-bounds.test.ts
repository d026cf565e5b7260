import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { create } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { GenerateRequestSchema, Inference } from '../../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { serviceDefinition } from '../../../../services/grpc/service-definition.ts';
import { ask, loadOf, partOfMessage, read, startNode, tokensOf, until } from './node-under-test.ts';

const { path, requestSerialize } = serviceDefinition(Inference).generate;

const sessions: ClientHttp2Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.destroy();
});
const session = (port: number): ClientHttp2Session => {
  // What it may have to send, in MB: with less it refuses to read answers.
  const opened = connect(`http://127.0.0.1:${port}`, { maxSessionMemory: 1000 }).on('error', () => {});
  sessions.push(opened);
  return opened;
};

/** A request whose end is up to the test, and the status that it ends with. */
const begin = (on: ClientHttp2Session, headers: Readonly<Record<string, string>> = {}) => {
  const stream = on.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => {}).resume();
  const ended = new Promise<{ code: number; details: string }>((resolve) => {
    stream.once('response', (answer) => {
      if (answer['grpc-status'] === undefined) return;
      resolve({ code: Number(answer['grpc-status']), details: decodeURI(String(answer['grpc-message'])) });
    });
  });
  return { stream, ended };
};

const closed = (stream: ClientHttp2Stream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.closed) resolve();
    else stream.once('close', () => resolve());
  });

/** What buffers take of this process, client and node, once what nobody holds is gone. */
const bufferBytes = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().arrayBuffers;
};

describe('incomplete requests', () => {
  test('of one connection take a bounded part of memory, the others of it go on, and all is free at their end', async () => {
    const { node, client } = await startNode();
    const before = bufferBytes();
    const on = session(node.port);
    const part = partOfMessage(4_000_000, 3_900_000);
    const requests = Array.from({ length: 150 }, () => begin(on));
    let refused = 0;
    for (const { ended } of requests) {
      void ended.then(({ code, details }) => {
        expect([code, details]).toEqual([
          status.RESOURCE_EXHAUSTED,
          'its connection holds too many bytes of incomplete requests',
        ]);
        refused++;
      });
    }
    for (const { stream } of requests) stream.write(part);
    // Each that is refused gives way to others: six of 3.9 MB stay, whole but for their end.
    await until(() => refused === 144);
    // Of 585 MB that were sent or are on their way; the part itself is in there once.
    expect(bufferBytes() - before).toBeLessThan(64e6);
    expect(await heldBytes(node)).toBeLessThanOrEqual(24 << 20);
    // The connection stands, and so does the node.
    expect((await read(ask(client))).end.code).toBe(status.OK);
    on.destroy();
    await until(async () => (await heldBytes(node)) === 0);
  });

  test('of many connections take no more than the node may', async () => {
    const requestLimits = { nodeBytes: 1_000_000 };
    const { node } = await startNode({ requestLimits });
    const part = partOfMessage(400_000, 300_000);
    const requests = Array.from({ length: 8 }, () => begin(session(node.port)));
    const codes: number[] = [];
    for (const { ended } of requests) void ended.then(({ code }) => codes.push(code));
    for (const { stream } of requests) stream.write(part);
    await until(() => codes.length === 5);
    expect(new Set(codes)).toEqual(new Set([status.RESOURCE_EXHAUSTED]));
    expect(await heldBytes(node)).toBeLessThanOrEqual(1_000_000);
  });

  test('are given up after a time, and what they took is free', async () => {
    const { node } = await startNode({ requestLimits: { wholeWithinMs: 100 } });
    const { stream, ended } = begin(session(node.port));
    stream.write(partOfMessage(1000, 500));
    expect(await ended).toEqual({ code: status.RESOURCE_EXHAUSTED, details: 'it was not complete after 0.1 s' });
    await closed(stream);
    await until(async () => (await heldBytes(node)) === 0);
  });
});

describe('a request', () => {
  test('that is complete only counts its headers, for an answer of any length', async () => {
    const { node, client } = await startNode({ requestLimits: { connectionBytes: 100_000, wholeWithinMs: 1500 } });
    const prompt = 'x'.repeat(60_000);
    const answers = Array.from({ length: 4 }, async () => {
      const answer = await read(ask(client, { prompt, outputTokens: 4000 }));
      return [answer.end.code, tokensOf(answer)];
    });
    const first = await answers[0];
    expect(first).toEqual([status.OK, 4000]); // it takes two seconds
    expect((await read(ask(client, { prompt }))).end.code).toBe(status.OK);
    await Promise.all(answers);
    expect(await heldBytes(node)).toBeLessThan(2000);
  });

  test('with too much of metadata is refused alone, with the load of the node', async () => {
    const { client } = await startNode();
    const running = read(ask(client, { outputTokens: 300 }));
    const refused = await read(ask(client, { headers: { 'x-much': 'x'.repeat(20_000) } }));
    expect([refused.end.code, refused.end.details]).toEqual([
      status.RESOURCE_EXHAUSTED,
      'its headers are over 16384 bytes',
    ]);
    expect(loadOf(refused.end)).not.toBeNull();
    expect((await running).end.code).toBe(status.OK);
  });

  test('that is compressed is refused: a few kilobytes of it would take megabytes', async () => {
    const { node } = await startNode();
    const message = requestSerialize(create(GenerateRequestSchema, { prompt: 'x'.repeat(3_900_000), promptTokens: 1 }));
    const zipped = gzipSync(message);
    const frame = Buffer.alloc(5 + zipped.length);
    frame.writeUInt8(1, 0);
    frame.writeUInt32BE(zipped.length, 1);
    zipped.copy(frame, 5);
    const { stream, ended } = begin(session(node.port), { 'grpc-encoding': 'gzip' });
    stream.end(frame);
    expect(await ended).toEqual({ code: status.UNIMPLEMENTED, details: 'grpc-encoding is gzip, expected identity' });
  });

  test('beyond as many as may be open is refused', async () => {
    const { node, client } = await startNode({ requestLimits: { connectionStreams: 3 } });
    const on = session(node.port);
    const kept = Array.from({ length: 3 }, () => begin(on));
    const { code, details } = await begin(on).ended;
    expect([code, details]).toEqual([status.RESOURCE_EXHAUSTED, 'its connection has too many requests open']);
    expect((await read(ask(client))).end.code).toBe(status.OK); // on a connection of its own
    kept[0]!.stream.close();
    await until(async () => (await metric(node, 'streams')) < 3);
    const again = begin(on);
    const isRefused = await Promise.race([
      again.ended.then(() => true),
      new Promise((resolve) => setTimeout(resolve, 50, false)),
    ]);
    expect(isRefused).toBe(false);
  });

  test('of a method that is not here is answered, and keeps nothing of its connection', async () => {
    const { node } = await startNode();
    const on = session(node.port);
    // Together more than the window of a connection: what nobody reads would stop it.
    for (let count = 0; count < 4; count++) {
      const { stream, ended } = begin(on, { ':path': '/no/Method' });
      stream.write(partOfMessage(60_000, 40_000));
      expect((await ended).code).toBe(status.UNIMPLEMENTED);
      await closed(stream);
    }
    const { stream, ended } = begin(on);
    stream.end(partOfMessage(5_000_000, 100_000));
    expect((await ended).code).toBe(status.RESOURCE_EXHAUSTED);
  });

  test('for anything but an answer may have little in it, over all of its messages', async () => {
    const { node } = await startNode();
    const reflection = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
    const { stream } = begin(session(node.port), { ':path': reflection });
    for (let part = 0; part < 20; part++) stream.write(partOfMessage(4091, 4096));
    await closed(stream);
    await until(async () => (await heldBytes(node)) === 0);
  });
});

const metric = async (node: { metrics(): Promise<string> }, name: 'bytes' | 'streams'): Promise<number> =>
  Number(new RegExp(`^starlane_node_request_${name}\\{.*\\} (\\d+)$`, 'm').exec(await node.metrics())![1]);

const heldBytes = (node: { metrics(): Promise<string> }): Promise<number> => metric(node, 'bytes');
