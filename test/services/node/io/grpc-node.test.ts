import type { IncomingHttpHeaders } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { freePort, isPortFree } from '../../../../core/net/io/port-free.ts';
import {
  type Ask,
  ask,
  askWithoutReading,
  clientOf,
  loadOf,
  read,
  startNode,
  tokensOf,
  until,
} from './node-under-test.ts';

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

  test.each([
    [undefined, 1],
    ['1', 2],
    ['no number', 1],
  ])('logs which attempt it serves: with %s attempts before it, number %d', async (before, attempt) => {
    const { client, events } = await startNode();
    const headers = before === undefined ? {} : { 'grpc-previous-rpc-attempts': before };
    await read(ask(client, { headers }));
    expect(events.map((event) => [event.kind, 'attempt' in event && event.attempt])).toEqual(
      ['received', 'scheduled', 'served'].map((kind) => [kind, attempt]),
    );
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
    const { end } = await read(ask(client, { outputTokens: 100_000, timeoutMs: 400 }));
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

  test('that loads its weights on demand makes the first request wait, and refuses others meanwhile if it is told so', async () => {
    const more = { onDemand: { loadMs: 1500, idleMs: 1e9, startsLoaded: false, meanwhile: 'refuse' } } as const;
    const { client, engine } = await startNode(more);
    const first = read(ask(client, { outputTokens: 2 }));
    await until(() => engine.report(0).waiting === 1);
    const { end } = await read(ask(client, { outputTokens: 2 }));
    expect([end.code, end.details]).toEqual([
      status.UNAVAILABLE,
      expect.stringMatching(/^ashburn is loading its weights, try again in \d+ ms$/),
    ]);
    const answer = await first;
    expect([answer.end.code, answer.messages.length]).toEqual([status.OK, 2]);
    const warm = await read(ask(client, { outputTokens: 2 }));
    expect(warm.end.code).toBe(status.OK);
  });

  test('refuses a prompt that is too long for the model, before any content', async () => {
    const { client } = await startNode({ limits: { maxModelLen: 1000 } });
    const { end, messages } = await read(ask(client, { promptTokens: 990, outputTokens: 20 }));
    expect([end.code, messages]).toEqual([status.INVALID_ARGUMENT, []]);
    expect(end.details).toBe(
      'prompt_tokens and max_output_tokens are 990 and 20, together more than the 1000 that the model of ashburn takes',
    );
  });

  test('cuts off only the client that does not read', async () => {
    const { node, client, engine, events } = await startNode({ maxUnreadTokens: 300 });
    const unread = askWithoutReading(node.port);
    const reader = await read(ask(client, { outputTokens: 250 }));
    expect([reader.end.code, tokensOf(reader)]).toEqual([status.OK, 250]);
    await until(() => events.filter(({ kind }) => kind === 'served').length === 2);
    expect(engine.report(0)).toMatchObject({ running: 0, kvUsage: 0 });
    expect(events.at(-1)).toMatchObject({ kind: 'served', outcome: 'failed' });
    const trailers = new Promise<IncomingHttpHeaders>((resolve) => unread.on('trailers', resolve));
    unread.resume(); // it reads at last
    expect(await trailers).toMatchObject({
      'grpc-status': `${status.RESOURCE_EXHAUSTED}`,
      'grpc-message': encodeURI('the client left 300 tokens unread'),
    });
  });

  test('lets open answers end when it closes, and takes no new one', async () => {
    const { client, node, engine } = await startNode();
    const open = read(ask(client, { outputTokens: 200 }));
    await until(() => engine.report(0).running === 1);
    await node.close(20_000);
    const answer = await open;
    expect([answer.end.code, tokensOf(answer)]).toEqual([status.OK, 200]);
    const late = await read(ask(client, { timeoutMs: 300 }));
    expect(late.end.code).not.toBe(status.OK);
  });

  test('cuts off open calls when the time to close is over', async () => {
    const { client, node, engine } = await startNode();
    const open = read(ask(client, { outputTokens: 100_000 }));
    await until(() => engine.report(0).running === 1);
    await node.close(30);
    expect((await open).end.code).not.toBe(status.OK);
    await until(() => engine.report(0).running === 0);
  });

  test('takes no connection to an address that is not for its paths', async () => {
    const asked: (string | undefined)[] = [];
    const { client } = await startNode({
      takes: (localAddress) => {
        asked.push(localAddress);
        return asked.length > 1;
      },
    });
    expect((await read(ask(client))).end.code).toBe(status.UNAVAILABLE);
    expect(asked).toEqual(['127.0.0.1']);
  });

  test('answers on all of its ports, and frees all of them when it ends', async () => {
    const also = await freePort('127.0.0.1');
    const { node } = await startNode({ alsoPorts: [also] });
    for (const port of [node.port, also]) expect((await read(ask(clientOf(port)))).end.code).toBe(status.OK);
    await node.close(0);
    expect(await Promise.all([node.port, also].map((port) => isPortFree('127.0.0.1', port)))).toEqual([true, true]);
  });

  test('has none of its ports where one of them is in use', async () => {
    const { node } = await startNode();
    const port = await freePort('127.0.0.1');
    const taken = new Error(`port ${node.port} is in use`);
    await expect(startNode({ port, alsoPorts: [node.port] })).rejects.toThrow(taken);
    expect(await isPortFree('127.0.0.1', port)).toBe(true);
  });

  test('says in one line that its port is in use', async () => {
    const { node } = await startNode();
    await expect(startNode({ port: node.port })).rejects.toThrow(new Error(`port ${node.port} is in use`));
  });
});
