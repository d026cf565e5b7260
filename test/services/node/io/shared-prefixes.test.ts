import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { ask, loadOf, read, startNode } from './node-under-test.ts';

describe('a node finds the blocks that prompts share', () => {
  test('by the parts that a message names', async () => {
    const { client, engine } = await startNode();
    const prefix = [
      { key: 'system', tokens: 320 },
      { key: 'chat 1', tokens: 160 },
    ];
    await read(ask(client, { promptTokens: 480, fields: { prefix } }));
    const { end } = await read(ask(client, { promptTokens: 480, fields: { prefix: [prefix[0]!] } }));
    expect(engine.prefixCache).toEqual({ queries: 960, hits: 320 });
    expect(loadOf(end)!.prefixHitShare).toBeCloseTo(1 / 3, 2);
  });

  test.each([
    ['its message', { fields: { session: 'a', turn: 1 } }],
    ['a header', { headers: { 'x-session-id': 'a' } }],
  ])('by the session in %s, whose prompts begin with the prompts before them', async (_where, said) => {
    const { client, engine } = await startNode();
    await read(ask(client, { ...said, promptTokens: 320 }));
    await read(ask(client, { ...said, promptTokens: 640 }));
    await read(ask(client, { promptTokens: 640, headers: { 'x-session-id': 'b' } }));
    expect(engine.prefixCache.hits).toBe(320);
  });

  test('not where requests say nothing', async () => {
    const { client, engine } = await startNode();
    for (const requestId of ['1', '2']) {
      const { end } = await read(ask(client, { promptTokens: 320, requestId }));
      expect([end.code, loadOf(end)!.prefixHitShare]).toEqual([status.OK, 0]);
    }
    expect(engine.prefixCache.hits).toBe(0);
  });

  test('whatever a foreign client claims: parts without tokens, or longer than its prompt', async () => {
    const { client, engine } = await startNode();
    const prefix = [
      { key: '', tokens: 0 },
      { key: 'a', tokens: 4_000_000_000 },
      { key: 'b', tokens: 4_000_000_000 },
    ];
    const answers = [1, 2].map(
      async () => (await read(ask(client, { promptTokens: 32, fields: { prefix } }))).end.code,
    );
    expect(await Promise.all(answers)).toEqual([status.OK, status.OK]);
    expect(engine.report(0).kvUsage).toBe(0);
  });
});

describe('a node with models', () => {
  test('serves those, by message or header, and says which it serves where it does not', async () => {
    const { client } = await startNode({ models: ['llama', 'coder'] });
    const codeOf = async (more: Parameters<typeof ask>[1]) => (await read(ask(client, more))).end;
    expect((await codeOf({ fields: { model: 'coder' } })).code).toBe(status.OK);
    expect((await codeOf({})).code).toBe(status.OK);
    const { code, details } = await codeOf({ headers: { 'x-model': 'other' } });
    expect([code, details]).toEqual([
      status.NOT_FOUND,
      'ashburn does not serve the model "other"; expected llama, coder',
    ]);
  });

  test('share no cache between them', async () => {
    const { client, engine } = await startNode({ models: ['llama', 'coder'] });
    for (const model of ['llama', 'coder', 'llama'])
      await read(ask(client, { promptTokens: 320, fields: { model, prefix: [{ key: 'a', tokens: 320 }] } }));
    expect(engine.prefixCache.hits).toBe(304);
  });
});
