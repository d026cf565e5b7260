import { type Client, status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { type Answer, ask, askWithoutReading, loadOf, read, startNode, tokensOf, until } from './node-under-test.ts';

const many = (client: Client, count: number, outputTokens: number) =>
  Array.from({ length: count }, (_, id) => ask(client, { outputTokens, requestId: `${id}` }));

const codesOf = (answers: readonly Answer[]): Readonly<Record<number, number>> => {
  const counts: Record<number, number> = {};
  for (const { end } of answers) counts[end.code] = (counts[end.code] ?? 0) + 1;
  return counts;
};

describe('a node under abuse', () => {
  test('refuses a prompt that is longer than its cache, and one that is larger than a message may be', async () => {
    const { client, engine } = await startNode();
    const long = await read(ask(client, { promptTokens: 200_000 }));
    expect([long.end.code, loadOf(long.end)]).toMatchObject([status.INVALID_ARGUMENT, { running: 0 }]);
    const large = await read(ask(client, { prompt: 'x'.repeat(5_000_000) }));
    expect(large.end.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(engine.report(0)).toMatchObject({ running: 0, waiting: 0, kvUsage: 0 });
    expect((await read(ask(client))).end.code).toBe(status.OK);
  });

  test('refuses no tokens', async () => {
    const { client } = await startNode();
    const answers = await Promise.all(
      [{ promptTokens: 0 }, { outputTokens: 0 }].map((wrong) => read(ask(client, wrong))),
    );
    expect(codesOf(answers)).toEqual({ [status.INVALID_ARGUMENT]: 2 });
  });

  test('refuses a million tokens that do not fit, and streams them where they do', async () => {
    const small = await startNode({ limits: { maxModelLen: 2e6 } });
    expect((await read(ask(small.client, { outputTokens: 1e6 }))).end.code).toBe(status.INVALID_ARGUMENT);
    const { client, engine } = await startNode({ limits: { kvTokens: 1.1e6, maxModelLen: 2e6 } });
    const answer = ask(client, { outputTokens: 1e6 });
    let tokens = 0;
    answer.on('data', (message: { tokens: number }) => {
      tokens += message.tokens;
      if (tokens >= 500) answer.cancel();
    });
    await until(() => tokens >= 500);
    await until(() => engine.report(0).running === 0);
    expect(engine.report(0).kvUsage).toBe(0);
  });

  test('uses little memory for a million unread tokens', async () => {
    const { node, engine, events } = await startNode({
      limits: { kvTokens: 1.1e6, maxModelLen: 2e6 },
      maxUnreadTokens: 2000,
    });
    const streams = Array.from({ length: 20 }, () => askWithoutReading(node.port, 1e6));
    await until(() => events.filter(({ kind }) => kind === 'served').length === 20);
    const sent = events.filter((event) => event.kind === 'served').map(({ tokens }) => tokens);
    // What 1 KiB of window took, and what waits for the reader: on a slow machine most of it is in joined messages.
    expect(Math.max(...sent)).toBeLessThan(2000 + 500);
    expect(engine.report(0)).toMatchObject({ running: 0, kvUsage: 0 });
    for (const stream of streams) stream.destroy();
  });

  test('joins the unread tokens of a slow client, and loses none', async () => {
    const { client } = await startNode();
    const stream = ask(client, { outputTokens: 3000 });
    stream.pause();
    const answer = read(stream);
    stream.pause();
    setTimeout(() => stream.resume(), 200);
    const { end } = await answer;
    expect([end.code, tokensOf(await answer)]).toEqual([status.OK, 3000]);
  });

  test('refuses requests beyond its queue out of ten thousand, each with a pushback and its load', async () => {
    const { client, engine } = await startNode({ limits: { maxNumSeqs: 1, maxWaiting: 1024 } });
    const streams = many(client, 10_000, 100_000);
    const refused: Answer[] = [];
    for (const stream of streams) void read(stream).then((answer) => refused.push(answer));
    await until(() => refused.length >= 10_000 - 1 - 1024);
    // Whoever is served may be cut off: one process does not read ten thousand answers in time.
    const overfull = refused.filter(({ end }) => !end.details.includes('unread'));
    expect(overfull.length).toBeGreaterThan(8000);
    expect(new Set(refused.map(({ end }) => end.code))).toEqual(new Set([status.RESOURCE_EXHAUSTED]));
    const withoutPushback = overfull.filter(
      ({ end }) => !(Number(end.metadata.get('grpc-retry-pushback-ms')[0]) >= 100),
    );
    expect(withoutPushback.map(({ end }) => end.details)).toEqual([]);
    for (const { end } of overfull) expect(loadOf(end)!.waiting).toBe(1024);
    expect(engine.report(0).waiting).toBeLessThanOrEqual(1024);
    for (const stream of streams) stream.cancel();
    await until(() => engine.report(0).running === 0 && engine.report(0).waiting === 0);
  }, 180_000);

  test('has every block back after a storm of cancellations', async () => {
    const { client, engine, events } = await startNode();
    const count = (wanted: string) => events.filter(({ kind }) => kind === wanted).length;
    for (let round = 1; round <= 4; round++) {
      const streams = many(client, 200, 100_000);
      const ends = streams.map(read);
      // Not at once: a client of grpc-js 1.14 that cancels a call as it makes it never tells the server.
      await until(() => count('received') >= 200 * (round - 1) + 50 * round);
      for (const stream of streams) stream.cancel();
      expect(codesOf(await Promise.all(ends))).toEqual({ [status.CANCELLED]: 200 });
      await until(() => count('received') === 200 * round && count('served') === 200 * round);
    }
    expect(engine.report(0)).toMatchObject({ running: 0, waiting: 0, kvUsage: 0, pendingPromptTokens: 0 });
    expect((await read(ask(client))).end.code).toBe(status.OK);
  }, 180_000);

  test('serves no client that leaves right after its request', async () => {
    const { client, node, engine, events } = await startNode();
    const streams = Array.from({ length: 100 }, () => askWithoutReading(node.port, 100_000));
    for (const stream of streams) setImmediate(() => stream.close());
    expect((await read(ask(client))).end.code).toBe(status.OK);
    await until(() => engine.report(0).running === 0 && engine.report(0).waiting === 0);
    const count = (wanted: string) => events.filter(({ kind }) => kind === wanted).length;
    expect(count('served')).toBe(count('received'));
  });
});
