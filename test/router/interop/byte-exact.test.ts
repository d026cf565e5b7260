import { expect, test } from 'vitest';
import { seededRng } from '../../../core/random/rng.ts';
import { FrameProxy } from '../../../router/io/frame-proxy/frame-proxy.ts';
import { dataPathBench } from '../../contract/data-path/data-path-bench.ts';
import { choppingPipe } from '../io/chopping-pipe.ts';
import { BYTE_CLIENTS } from './byte-clients.ts';
import { byteServer } from './byte-server.ts';
import { drawExactCall, faultOfCall } from './exact-calls.ts';

const { closed, proxyOf } = dataPathBench((options) => new FrameProxy(options));

test.each(Object.entries(BYTE_CLIENTS))(
  'calls of %s of any kind and size arrive byte for byte, both ways, in pieces of any size',
  async (name, make) => {
    const seed = Math.floor(Math.random() * 1e9);
    const rngOf = seededRng(seed);
    const server = closed(await byteServer());
    const beforeNode = closed(await choppingPipe(server.port, rngOf('pipe to the node')));
    const proxy = await proxyOf([beforeNode.port], { services: null });
    const beforeRouter = closed(await choppingPipe(proxy.port, rngOf('pipe to the router')));
    const client = closed(make({ port: beforeRouter.port }));
    const rng = rngOf(name);
    const faults: (string | null)[] = [];
    for (let round = 0; round < 12; round++) {
      const calls = Array.from({ length: 8 }, (_, index) => drawExactCall(rng, 8 * round + index));
      faults.push(...(await Promise.all(calls.map((call) => faultOfCall(client, call)))));
    }
    expect(
      faults.filter((fault) => fault !== null),
      `seed ${seed}`,
    ).toEqual([]);
    expect(proxy.counters()).toMatchObject({ active: 0, answered: faults.length });
  },
);
