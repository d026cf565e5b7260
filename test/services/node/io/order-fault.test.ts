import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { faultOfOrder, type NodeFault } from '../../../../services/node/control/fault-order.ts';
import { orderFault } from '../../../../services/node/io/order-fault.ts';
import { ask, read, startNode } from './node-under-test.ts';

const token = 'a-token-of-this-test';

const start = async () => {
  const running = await startNode({ faults: { token, rng: seededRng(1)('faults'), crash: () => {} } });
  return { ...running, at: { host: '127.0.0.1', port: running.node.port, token } };
};

const fail = faultOfOrder({ kind: 'fail', durationMs: 60_000 }) as NodeFault;

test('a fault that is ordered happens at the node', async () => {
  const { at, client } = await start();
  await orderFault(at, fail, 60_000);
  expect((await read(ask(client))).end.code).toBe(status.UNAVAILABLE);
});

test('a drain that is ordered happens, and the log says so', async () => {
  const { at, client, events } = await start();
  await orderFault(at, { kind: 'drain' }, 0);
  expect((await read(ask(client))).end.details).toBe('ashburn is draining and takes no new requests');
  expect(events.filter(({ kind }) => kind === 'injected')).toMatchObject([{ fault: 'drain', state: 'began' }]);
});

test('what the node has against an order is told in one line', async () => {
  const { at, node } = await start();
  await expect(orderFault({ ...at, token: 'another-token-of-this-test' }, fail, 60_000)).rejects.toThrow(
    'the node did not take the fault: the token is not the one of the scenario',
  );
  await node.close(0);
  await expect(orderFault(at, fail, 60_000)).rejects.toThrow(/^the node did not take the fault: .*ECONNREFUSED/);
});
