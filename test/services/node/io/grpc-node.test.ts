import { type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import { create } from '@bufbuild/protobuf';
import { Client, type ClientReadableStream, credentials, Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import type { Event } from '../../../../core/event/event.ts';
import { seededRng } from '../../../../core/random/rng.ts';
import { SystemClock } from '../../../../core/time/io/system-clock.ts';
import {
  GenerateRequestSchema,
  type GenerateResponse,
  Inference,
} from '../../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { loadReportOf, ORCA_TRAILER } from '../../../../router/endpoint/orca.ts';
import { serviceDefinition } from '../../../../services/grpc/service-definition.ts';
import { Engine } from '../../../../services/node/engine/engine.ts';
import type { ProfileData } from '../../../../services/node/engine/profile.ts';
import { profileSchema } from '../../../../services/node/engine/profile.ts';
import { engineOptionsOf } from '../../../../services/node/engine-options.ts';
import { serveGrpcNode } from '../../../../services/node/io/grpc-node.ts';
import { nodeSchema } from '../../../../services/node/schema.ts';

const { generate } = serviceDefinition(Inference);

/** Steps of half a millisecond, so that a test takes no time. */
const quick: ProfileData = {
  id: 'quick',
  grade: 'C',
  source: 'made up for this test',
  step: { baseMs: 0, weightsMs: 0.5, tokenUs: 0.1, contextTokenUs: 0, attentionPairNs: 0, sequenceUs: 0 },
  kvTokens: 160_000,
  power: null,
};

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const startNode = async ({ name = 'ashburn', limits = {}, port = 0, maxUnsentMessages = 4096 } = {}) => {
  const clock = new SystemClock({ startUnixMs: Date.now() });
  const config = nodeSchema.parse({ profile: 'b200-llama8b', limits, ingestMs: 0 });
  const options = { ...engineOptionsOf(config), profile: profileSchema.parse(quick) };
  const engine = new Engine({ name, ...options, clock, rng: seededRng(1)(name) });
  const events: Event[] = [];
  cleanUps.push(() => {
    engine.close();
    clock.close();
  });
  const emit = (event: Event) => events.push(event);
  const node = await serveGrpcNode({ engine, clock, host: '127.0.0.1', port, emit, maxUnsentMessages });
  cleanUps.push(() => node.close(50));
  const client = new Client(`127.0.0.1:${node.port}`, credentials.createInsecure());
  cleanUps.push(() => client.close());
  return { node, engine, clock, events, client };
};

interface Ask {
  readonly promptTokens?: number;
  readonly outputTokens?: number;
  readonly requestId?: string;
  readonly timeoutMs?: number;
}

const ask = (client: Client, { promptTokens = 10, outputTokens = 20, requestId = '7', timeoutMs }: Ask = {}) => {
  const headers = new Metadata();
  headers.set('x-request-id', requestId);
  const request = create(GenerateRequestSchema, {
    prompt: 'Tell me.',
    promptTokens,
    outputTokens,
    maxOutputTokens: outputTokens,
  });
  const deadline = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
  const stream = client.makeServerStreamRequest(
    generate.path,
    generate.requestSerialize,
    generate.responseDeserialize,
    request,
    headers,
    deadline,
  );
  stream.on('error', () => {}); // told again as the status
  return stream;
};

interface Answer {
  readonly messages: readonly GenerateResponse[];
  readonly end: StatusObject;
}

const read = (stream: ClientReadableStream<GenerateResponse>): Promise<Answer> =>
  new Promise((resolve) => {
    const messages: GenerateResponse[] = [];
    stream.on('data', (message: GenerateResponse) => messages.push(message));
    stream.on('status', (end) => resolve({ messages, end }));
  });

/** A client of @grpc/grpc-js takes in whatever comes; this one stops at a window of 1 KiB. */
const askWithoutReading = (port: number): ClientHttp2Stream => {
  const session = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 1024 } });
  cleanUps.push(() => session.destroy());
  const stream = session.request({
    ':method': 'POST',
    ':path': generate.path,
    'content-type': 'application/grpc+proto',
    te: 'trailers',
  });
  const answer = { outputTokens: 100_000, maxOutputTokens: 100_000 };
  const message = generate.requestSerialize(create(GenerateRequestSchema, { promptTokens: 1, ...answer }));
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, 5);
  stream.end(frame);
  return stream;
};

const loadOf = (end: StatusObject) => loadReportOf(end.metadata.get(ORCA_TRAILER)[0] as Buffer);

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
};

describe('a node', () => {
  test('streams an answer, a message a token, with a load report behind it, and logs what it did', async () => {
    const { client, events } = await startNode();
    const { messages, end } = await read(ask(client));
    expect(end.code).toBe(status.OK);
    expect(messages.map(({ tokens }) => tokens)).toEqual(Array(20).fill(1));
    expect(messages.map(({ text }) => text).join('')).toMatch(/^[A-Z][a-z ]+\. [A-Z]/);
    expect(loadOf(end)).toMatchObject({ running: 0, waiting: 0, kvUsage: 0 });
    expect(events.map(({ kind }) => kind)).toEqual(['received', 'scheduled', 'served']);
    expect(events.at(-1)).toMatchObject({ request: 7, node: 'ashburn', outcome: 'answered', tokens: 20 });
    expect(events.map(({ atMs }) => atMs)).toEqual(events.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
  });

  test('answers the same words to the same request, wherever it is served', async () => {
    const [ashburn, lagos] = await Promise.all([startNode(), startNode({ name: 'lagos' })]);
    const answers = await Promise.all([read(ask(ashburn.client)), read(ask(lagos.client))]);
    const [here, there] = answers.map(({ messages }) => messages.map(({ text }) => text).join(''));
    expect(here).toBe(there);
    expect(lagos.events.at(-1)).toMatchObject({ node: 'lagos', outcome: 'answered' });
  });

  test('serves many at one time', async () => {
    const { client, engine } = await startNode();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, id) => read(ask(client, { requestId: `${id}` }))),
    );
    expect(answers.map(({ messages }) => messages.length)).toEqual(Array(100).fill(20));
    expect(engine.report(0)).toMatchObject({ running: 0, waiting: 0, kvUsage: 0 });
  });

  test('frees the engine when the client cancels in the middle of an answer', async () => {
    const { client, engine, events } = await startNode();
    const stream = ask(client, { outputTokens: 100_000 });
    const answer = read(stream);
    await until(() => engine.report(0).running === 1);
    stream.cancel();
    expect((await answer).end.code).toBe(status.CANCELLED);
    await until(() => engine.report(0).running === 0);
    expect(engine.report(0).kvUsage).toBe(0);
    expect(events.at(-1)).toMatchObject({ kind: 'served', outcome: 'cancelled' });
  });

  test('frees the engine when the deadline passes', async () => {
    const { client, engine, events } = await startNode();
    const { end } = await read(ask(client, { outputTokens: 100_000, timeoutMs: 60 }));
    expect(end.code).toBe(status.DEADLINE_EXCEEDED);
    await until(() => engine.report(0).running === 0);
    expect(events.at(-1)?.kind).toBe('served');
  });

  test('refuses with a pushback hint and its load when its queue is full', async () => {
    const { client, engine, events } = await startNode({ limits: { maxNumSeqs: 1, maxWaiting: 1 } });
    const streams = [ask(client, { outputTokens: 100_000 })];
    await until(() => engine.report(0).running === 1);
    streams.push(ask(client, { outputTokens: 100_000 }));
    await until(() => engine.report(0).waiting === 1);
    const { end } = await read(ask(client));
    expect([end.code, end.details]).toEqual([
      status.RESOURCE_EXHAUSTED,
      `the queue of ashburn is full, try again in ${end.metadata.get('grpc-retry-pushback-ms')[0]} ms`,
    ]);
    expect(Number(end.metadata.get('grpc-retry-pushback-ms')[0])).toBeGreaterThanOrEqual(100);
    expect(loadOf(end)).toMatchObject({ running: 1, waiting: 1 });
    expect(events.at(-1)).toMatchObject({ kind: 'served', outcome: 'refused', tokens: 0 });
    for (const stream of streams) stream.cancel();
  });

  test('says in one line what is wrong with a request', async () => {
    const { client } = await startNode({ limits: { kvTokens: 1600 } });
    const detailsOf = async (wrong: Ask) => {
      const { end } = await read(ask(client, wrong));
      expect(end.code).toBe(status.INVALID_ARGUMENT);
      expect(loadOf(end)).not.toBeNull();
      return end.details;
    };
    expect(await detailsOf({ promptTokens: 0 })).toBe('prompt_tokens is 0, must be at least 1');
    expect(await detailsOf({ outputTokens: 0 })).toBe('output_tokens is 0, must be from 1 to max_output_tokens (0)');
    expect(await detailsOf({ promptTokens: 1590, outputTokens: 20 })).toBe(
      'prompt_tokens and max_output_tokens are 1590 and 20, together more than the 1600 that ashburn holds',
    );
  });

  test('cuts off a client that does not read, and nobody else', async () => {
    const { node, client, engine, events } = await startNode({ maxUnsentMessages: 300 });
    const unread = askWithoutReading(node.port);
    const reader = await read(ask(client, { outputTokens: 250 }));
    expect([reader.end.code, reader.messages.length]).toEqual([status.OK, 250]);
    await until(() => events.filter(({ kind }) => kind === 'served').length === 2);
    expect(engine.report(0)).toMatchObject({ running: 0, kvUsage: 0 });
    expect(events.at(-1)).toMatchObject({ kind: 'served', outcome: 'failed' });
    const trailers = new Promise<IncomingHttpHeaders>((resolve) => unread.on('trailers', resolve));
    unread.resume(); // it reads at last
    expect(await trailers).toMatchObject({
      'grpc-status': `${status.RESOURCE_EXHAUSTED}`,
      'grpc-message': encodeURI('the client left 300 messages unread'),
    });
  });

  test('lets open answers end when it closes, and takes no new one', async () => {
    const { client, node } = await startNode();
    const open = read(ask(client, { outputTokens: 200 }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await node.close(5000);
    const { messages, end } = await open;
    expect([end.code, messages.length]).toEqual([status.OK, 200]);
    const late = await read(ask(client, { timeoutMs: 300 }));
    expect(late.end.code).not.toBe(status.OK);
  });

  test('cuts off what is still open when the time to close is over', async () => {
    const { client, node, engine } = await startNode();
    const open = read(ask(client, { outputTokens: 100_000 }));
    await until(() => engine.report(0).running === 1);
    await node.close(30);
    expect((await open).end.code).not.toBe(status.OK);
    await until(() => engine.report(0).running === 0);
  });

  test('says in one line that its port is in use', async () => {
    const { node } = await startNode();
    await expect(startNode({ port: node.port })).rejects.toThrow(new Error(`port ${node.port} is in use`));
  });
});
