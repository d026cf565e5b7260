import { describe, expect, test } from 'vitest';
import { connected } from './transport-bench.ts';

describe('over 100 ms, without loss', () => {
  test.each([
    [4, 50],
    [14_480, 50],
    [43_440, 150],
    [101_360, 250],
    [120_000, 350],
  ])('%i bytes on a fresh connection take %i ms: the window begins at 10 segments and doubles', (bytes, expectedMs) => {
    expect(connected({ rttMs: 100 }).sendAt(0, bytes)).toBeCloseTo(expectedMs, 1);
  });

  test.each([
    [1, 150],
    [3, 250],
    [10, 250],
  ])(
    '101,360 bytes after %i s without sending take %i ms: an idle window is halved for each time-out',
    (idleS, tookMs) => {
      const { sendAt } = connected({ rttMs: 100 });
      for (const atMs of [0, 400, 700, 1000]) sendAt(atMs, 101_360);
      expect(sendAt(1050 + idleS * 1000, 101_360)).toBeCloseTo(tookMs, 1);
    },
  );

  test('101,360 bytes within the time-out wait once for the receive window, and then no more', () => {
    const { sendAt } = connected({ rttMs: 100 });
    expect([0, 400, 650].map((atMs) => sendAt(atMs, 101_360))).toEqual([250, 150, 50]);
  });
});

test.each([
  [20, 220],
  [100, 300],
])('over %i ms, a lone message that is lost is sent again after %i ms', (rttMs, timerMs) => {
  const { sendAt } = connected({ rttMs, down: [[9999, 10_149]] });
  for (let atMs = 0; atMs < 10_000; atMs += 1000) sendAt(atMs, 4);
  expect(sendAt(10_000, 4)).toBeCloseTo(timerMs + rttMs / 2, 1);
});

test('at loss rate 1 nothing ever arrives', () => {
  const { sendAt, transport } = connected({ rttMs: 100, state: { lossRate: 1 } });
  expect(sendAt(0, 4)).toBe(null);
  expect(transport.isDead).toBe(true);
});
