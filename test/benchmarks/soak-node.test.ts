import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RestartingNode } from '../../benchmarks/soak/io/restarting-node.ts';
import { type CallEnd, SoakClient } from '../../benchmarks/soak/io/soak-client.ts';
import { requestOf, type SoakCall, type SoakMethod } from '../../benchmarks/soak/soak-call.ts';

let node = new RestartingNode();
beforeEach(() => {
  node = new RestartingNode();
});
afterEach(() => node.close());

const call = (method: SoakMethod, over: Partial<SoakCall> = {}): SoakCall => ({
  ...{ method, messages: 7, gapMs: 1, answerBytes: 60, requestBytes: 300, isCancelled: false, timeoutMs: null },
  ...over,
});

test('a node of the soak answers each kind of call', async () => {
  const client = new SoakClient(await node.start());
  const ended = (what: SoakCall): Promise<CallEnd> => new Promise((resolve) => client.call(what, resolve));
  expect(await ended(call('Say'))).toBe('answered');
  expect(await ended(call('Gather', { gapMs: 0 }))).toBe('answered');
  expect(await ended(call('Gather'))).toBe('answered');
  expect(await ended(call('Talk'))).toBe('answered');
  expect(await ended(call('Talk', { isCancelled: true }))).toBe('cancelled');
  await client.leave(false);
});

test.each(['Gather', 'Talk'] as const)(
  'a node of the soak fails a %s of which a message is missing',
  async (method) => {
    const client = new Client(`127.0.0.1:${await node.start()}`, credentials.createInsecure());
    const raw = (bytes: Buffer): Buffer => bytes;
    const error = await new Promise<ServiceError>((resolve) => {
      const stream = client.makeBidiStreamRequest(`/soak.Echo/${method}`, raw, raw);
      stream.on('data', () => {});
      stream.once('error', (reason) => resolve(reason as ServiceError));
      for (let sent = 0; sent < 6; sent++) stream.write(requestOf(call(method)).subarray(5));
      stream.end();
    });
    expect([error.code, error.details]).toEqual([15, '6 messages of 7 came']);
    client.close();
  },
);
