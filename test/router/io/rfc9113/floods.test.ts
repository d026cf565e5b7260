import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { data, headers, ping, reset, settings, windowUpdate } from '../../http2/connection-under-test.ts';
import { frame } from '../../http2/raw-frames.ts';
import { ClientBench, GRPC } from './client-bench.ts';
import { Dialogue } from './dialogue.ts';
import { block, padded } from './odd-frames.ts';

let bench: ClientBench;
beforeAll(async () => {
  bench = await ClientBench.of((options) => new FrameProxy(options));
});
afterAll(() => bench.close());

/** A stream of its own for each turn. */
const nth = (turn: number): number => 2 * turn + 1;
const once = (turn: number, first: readonly Buffer[], then: readonly Buffer[]): readonly Buffer[] =>
  turn === 0 ? [...first, ...then] : then;

/** What a client sends in each turn, for as long as it may; and after how many it is surely too many. */
const floods: readonly (readonly [name: string, most: number, framesOf: (turn: number) => readonly Buffer[]])[] = [
  ['CVE-2023-44487: requests that it resets at once', 15_000, (turn) => [headers(nth(turn), GRPC), reset(nth(turn))]],
  [
    'CVE-2025-8671: requests that it has the router reset, by a window of 0',
    15_000,
    (turn) => [headers(nth(turn), GRPC), windowUpdate(nth(turn), 0)],
  ],
  [
    'CVE-2025-8671: requests that it has the router reset, by a window that is too large',
    15_000,
    (turn) => [headers(nth(turn), GRPC), windowUpdate(nth(turn), 0x7fffffff)],
  ],
  [
    'CVE-2025-8671: requests that it has the router reset, by DATA after their end',
    15_000,
    (turn) => [headers(nth(turn), GRPC, true), data(nth(turn), 'a')],
  ],
  [
    'CVE-2025-8671: requests that it has the router reset, by a PRIORITY that is too short',
    15_000,
    (turn) => [headers(nth(turn), GRPC), frame(2, 0, nth(turn), '00')],
  ],
  [
    'CVE-2025-8671: requests that are malformed',
    15_000,
    (turn) => [frame(1, 5, nth(turn), block(GRPC, { 'X-Upper': 'a' }))],
  ],
  [
    'CVE-2024-27316: a block without an end',
    10,
    (turn) => [turn === 0 ? frame(1, 1, 1, block(GRPC)) : frame(9, 0, 1, '')],
  ],
  [
    'CVE-2024-27316: a block without an end, in large pieces',
    10,
    (turn) => [turn === 0 ? frame(1, 1, 1, block(GRPC)) : frame(9, 0, 1, Buffer.alloc(16_384, 0x82))],
  ],
  ['CVE-2019-9512: PING', 3000, () => [ping]],
  ['CVE-2019-9515: SETTINGS', 3000, () => [settings([4, 65_535])]],
  [
    'CVE-2019-9513: priorities that it changes and changes',
    3000,
    (turn) => [frame(2, 0, nth(turn % 50), '8000000110')],
  ],
  ['CVE-2019-9514: RST_STREAM of a stream that is over', 3000, (turn) => once(turn, [headers(1, GRPC)], [reset(1)])],
  ['CVE-2019-9518: DATA without a byte', 3000, (turn) => once(turn, [headers(1, GRPC)], [data(1, '')])],
  [
    'CVE-2019-9518: DATA of nothing but padding',
    3000,
    (turn) => once(turn, [headers(1, GRPC)], [padded(0, 0, 1, Buffer.alloc(0), 1)]),
  ],
  ['10.5: frames that nobody knows', 3000, () => [frame(0x77, 0, 0, 'aa')]],
  ['10.5: windows in tiny steps, of the connection', 15_000, () => [windowUpdate(0, 1)]],
  ['10.5: windows in tiny steps, of a stream', 15_000, (turn) => once(turn, [headers(1, GRPC)], [windowUpdate(1, 1)])],
  [
    '10.5: windows of a stream that is over',
    15_000,
    (turn) => once(turn, [headers(1, GRPC), reset(1)], [windowUpdate(1, 1)]),
  ],
];

describe('10.5: a client that floods is told to be calm, and its connection closed; others are served: by', () => {
  test.each(floods)('%s', async (_, most, framesOf) => {
    const client = await Dialogue.with(bench.proxy.port);
    onTestFinished(() => client.close());
    for (let turn = 0; turn < most && !client.isClosed; ) {
      const many: Buffer[] = [];
      for (let until = Math.min(most, turn + 500); turn < until; turn++) many.push(...framesOf(turn));
      await client.sayAll(...many);
    }
    await client.until(() => client.isClosed);
    expect(client.heard(() => false)).toBe('GOAWAY ENHANCE_YOUR_CALM');
    await bench.expectOthersWell();
    expect(bench.proxy.counters().active).toBe(1); // that of the other client
  });
});
