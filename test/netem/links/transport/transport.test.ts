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

/** Forty lone messages a second apart, then one in an outage that begins just before it: how long that one takes. */
const loneIn = (outageMs: number, options: Parameters<typeof connected>[0]): number | null => {
  const { sendAt } = connected({ ...options, down: [[39_999, 39_999 + outageMs]] });
  for (let atMs = 0; atMs < 40_000; atMs += 1000) sendAt(atMs, 4);
  return sendAt(40_000, 4);
};

describe('a lone message that is lost', () => {
  test.each([
    [20, 220 + 10],
    [100, 300 + 50],
    [250, 450 + 125],
  ])('over %i ms comes after %i ms: a time-out and half a round trip', (rttMs, tookMs) => {
    expect(loneIn(150, { rttMs })).toBeCloseTo(tookMs, 0);
  });

  test.each([4, 10])('comes one to two ticks of %i ms later in a kernel that counts time in ticks', (tickMs) => {
    for (let seed = 0; seed < 20; seed++) {
      const lateMs = loneIn(150, { rttMs: 100, seed, config: { initialWindowSegments: 10, tickMs } })! - 350;
      expect(lateMs).toBeGreaterThan(tickMs - 0.01);
      expect(lateMs).toBeLessThan(2 * tickMs + 0.01);
    }
  });

  test('under an outage that outlasts the first time-out is sent again after as long: the probe does not double it', () => {
    expect(loneIn(500, { rttMs: 100 })).toBeCloseTo(2 * 300 + 50, 1);
  });

  test('is sent again after T, T + R, T + 3R, T + 7R', () => {
    expect(loneIn(2000, { rttMs: 100 })).toBeCloseTo(300 + 7 * 300 + 50, 1);
  });
});

test('a burst of six that is lost takes a probe and three round trips: the window of the repair doubles', () => {
  const { sendAt } = connected({ rttMs: 100, down: [[9999, 10_149]] });
  for (let atMs = 0; atMs < 10_000; atMs += 1000) sendAt(atMs, 8000);
  expect(sendAt(10_000, 8000)).toBeCloseTo(202 + 3 * 100 + 50, 1);
});

test('in a stream of tokens a lost one is sent again when the second after it is acknowledged, and all wait for it', () => {
  const { clock, transport } = connected({ rttMs: 100, down: [[999, 1001]] });
  const took: number[] = [];
  for (let atMs = 0; atMs < 3000; atMs += 20) {
    clock.runUntil(atMs);
    transport.send(200, (dueMs) => took.push(dueMs - atMs));
  }
  clock.runUntil(10_000);
  // A round trip and a quarter, with 2 ms that Linux adds to short timers, and half a round trip.
  expect(took.slice(49, 58).map((ms) => Math.round(ms))).toEqual([50, 177, 157, 137, 117, 97, 77, 57, 50]);
});

test('messages that wait for the window share segments', () => {
  const { clock, transport, data } = connected({ rttMs: 100, config: { initialWindowSegments: 2, tickMs: 0 } });
  const sizes: number[] = [];
  const transmit = data.transmit.bind(data);
  data.transmit = (bytes, atMs) => {
    sizes.push(bytes);
    return transmit(bytes, atMs);
  };
  for (let message = 0; message < 10; message++) transport.send(200, () => {});
  clock.runUntil(1000);
  expect(sizes).toEqual([200, 200, 1448, 152]);
});

describe('the windows of HTTP/2', () => {
  const took = (streamBytes: number, connectionBytes: number): number | null => {
    const { sendAt } = connected({ rttMs: 100, http2: { streamBytes, connectionBytes } });
    for (const atMs of [0, 600, 800]) sendAt(atMs, 60_000); // the window of TCP is open
    return sendAt(1000, 120_000);
  };

  test('hold back the part of a message that does not fit, until bytes are given back', () => {
    expect(took(4 << 20, 64 << 20)).toBeCloseTo(50, 1);
    expect(took(65_535, 64 << 20)).toBeCloseTo(150, 1);
    // Of the window of the connection a part is used and not given back yet.
    expect(took(4 << 20, 65_535)).toBeCloseTo(250, 1);
  });
});

/** The most segments that are in flight when 20 MB cross 20 Mbit/s, in the first 3 s. */
const mostInFlight = (rttMs: number): number => {
  const { clock, transport, data } = connected({ rttMs, state: { rateKbps: 20_000 } });
  const ackAtMs: number[] = [];
  let most = 0;
  const transmit = data.transmit.bind(data);
  data.transmit = (bytes, atMs) => {
    const arriveAtMs = transmit(bytes, atMs);
    ackAtMs.push(arriveAtMs + rttMs / 2);
    most = Math.max(most, ackAtMs.filter((each) => each > atMs).length);
    return arriveAtMs;
  };
  transport.send(20_000_000, () => {});
  clock.runUntil(rttMs * 8);
  return most;
};

test.each([
  [20, 33],
  [100, 165],
  [250, 413],
])(
  'over 20 Mbit/s and %i ms slow start ends between %i segments, which fill the path, and twice as many',
  (rttMs, fills) => {
    expect(mostInFlight(rttMs)).toBeGreaterThan(fills);
    expect(mostInFlight(rttMs)).toBeLessThan(2 * fills);
  },
);

test.each([
  [0, 14_480],
  [0, 101_360],
  [0, 120_000],
  [2000, 4],
  [2000, 43_440],
  [12_000, 120_000],
])('the forecast of %i ms later for %i bytes is what it takes, if nothing is lost', (atMs, bytes) => {
  const { sendAt, transport } = connected({ rttMs: 100 });
  if (atMs > 0) sendAt(0, 60_000);
  const forecastMs = transport.arrivalMs(atMs, bytes) - atMs;
  expect(sendAt(atMs, bytes)).toBeCloseTo(forecastMs, 1);
});

test('at loss rate 1 nothing ever arrives', () => {
  const { sendAt, transport } = connected({ rttMs: 100, state: { lossRate: 1 } });
  expect(sendAt(0, 4)).toBe(null);
  expect(transport.isDead).toBe(true);
});

test('what is sent over a closed transport goes nowhere, and its timers stop', () => {
  const { clock, transport, data } = connected({ rttMs: 100, state: { lossRate: 1 } });
  transport.send(4, () => expect.unreachable('was delivered'));
  transport.close();
  data.transmit = () => expect.unreachable('sent again');
  transport.send(4, () => expect.unreachable('was delivered'));
  clock.runUntil(100_000);
});
