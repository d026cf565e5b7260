import { expect, test } from 'vitest';
import { liveClientFaults } from '../../http2/fuzz/live-clients.ts';
import { liveNodeFaults } from '../../http2/fuzz/live-nodes.ts';

test('clients hear what they hear of node:http2, and whatever one of them does costs nobody else and leaves nothing', async () => {
  const seed = Math.floor(Math.random() * 0x7fffffff);
  expect(await liveClientFaults({ seed, runs: 30 })).toBeNull();
});

test('whatever a node says, each call ends with a status, and the router keeps the rules, its other connection and nothing else', async () => {
  const seed = Math.floor(Math.random() * 0x7fffffff);
  expect(await liveNodeFaults({ seed, runs: 30 })).toBeNull();
});
