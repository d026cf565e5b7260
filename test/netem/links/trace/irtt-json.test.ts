import { describe, expect, test } from 'vitest';
import { briefly, recordingFrom } from './recording-from.ts';

const START_NS = 1.707_277_44e18;
interface Trip {
  readonly lost?: string | boolean;
  readonly rtt?: number;
  readonly send?: number;
  readonly receive?: number;
}
const roundTrip = ({ lost = 'false', ...delayMs }: Trip, index: number) => ({
  seqno: index,
  lost,
  timestamps: {
    client: { receive: {}, send: { wall: START_NS + index * 1e8, monotonic: index * 1e8 } },
    server: { receive: {}, send: {} },
  },
  delay: Object.fromEntries(Object.entries(delayMs).map(([key, ms]) => [key, Math.round(ms * 1e6)])),
  ipdv: {},
});
const json = (trips: readonly Trip[], indent = 4): string =>
  JSON.stringify(
    {
      version: { irtt: '0.9.1', protocol: 1, json_format: 1 },
      config: { supplied: { note: 'a brace } and a "quote\\' } },
      stats: { rtt: { total: 1, n: 5 } },
      round_trips: trips.map(roundTrip),
    },
    null,
    indent,
  );
const trip = { rtt: 60, send: 8, receive: 52 };

describe('the JSON output of irtt', () => {
  test('has the delay of each direction, in nanoseconds', () => {
    for (const text of [json([trip, trip]), json([trip, trip], 0), `\uFEFF${json([trip, trip])}\n`]) {
      const { up, down, remarks } = recordingFrom(text);
      expect([up.states[0]!.delayUs, down.states[0]!.delayUs]).toEqual([8000, 52_000]);
      expect(remarks).toEqual([]);
    }
  });

  test('has the direction of a loss', () => {
    const lost = ['true_up', 'true_up', 'true_down'].map((one) => ({ lost: one }));
    const { up, down } = recordingFrom(json([trip, trip, trip, trip, ...lost]));
    expect(up.states[0]!.lossRate).toBeCloseTo(2 / 7, 12);
    expect(down.states[0]!.lossRate).toBeCloseTo(1 / 5, 12);
    const either = recordingFrom(json([trip, { lost: true }, { lost: 'true' }, trip]));
    expect((1 - either.up.states[0]!.lossRate) ** 2).toBeCloseTo(0.5, 12);
  });

  test('has halves of the round trip where the clocks differ, and where the server gave no time', () => {
    const apart = { rtt: 16.6, send: 10_487.2, receive: -10_470.6 };
    const { up, remarks } = recordingFrom(json([apart, apart]));
    expect(up.states[0]!.delayUs).toBe(8300);
    expect(remarks[0]).toMatch(/^x\.txt: 2 of 2 pairs of one-way delays are impossible/);
    expect(briefly(recordingFrom(json([{ rtt: 16.6 }])))).toEqual([[[8300, 0, 0]], [[8300, 0, 0]]]);
  });

  test.each([
    [
      'no status',
      json([trip, { ...trip, lost: 'perhaps' }]),
      /^x\.txt:\d+:1: lost of round trip 1 is "perhaps", expected one of false, true/,
    ],
    [
      'no round trip',
      json([trip, { send: 1 }]),
      /^x\.txt:\d+:1: delay\.rtt of round trip 1 is missing, expected nanoseconds/,
    ],
    ['nothing', json([]), /^x\.txt:1:1: has no round_trips/],
    ['an end that was cut', json([trip, trip]).slice(0, -60), /^x\.txt:\d+:1: ends in the middle of a value/],
  ])('with %s is refused with its line', (_, text, message) => {
    expect(() => recordingFrom(text)).toThrow(message);
  });

  test('names the line of a mistake', () => {
    const text = json([trip, { ...trip, lost: 'perhaps' }]);
    const line = text.slice(0, text.lastIndexOf('{', text.indexOf('"seqno": 1'))).split('\n').length;
    expect(() => recordingFrom(text)).toThrow(`x.txt:${line}:1: lost`);
  });
});
