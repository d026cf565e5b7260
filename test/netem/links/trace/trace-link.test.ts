import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../../core/config/config-error.ts';
import { parseMahimahiTrace } from '../../../../netem/links/trace/parse-mahimahi-trace.ts';
import { parseRttTrace } from '../../../../netem/links/trace/parse-rtt-trace.ts';
import { traceLink, usualLink } from '../../../../netem/links/trace/trace-link.ts';

const rttTrace = (text: string, windowMs = 1000) => parseRttTrace(text, { file: 'x.csv', windowMs });

describe('a CSV of probes', () => {
  test('gives each direction half the round trip, its loss, and jitter down to the least', () => {
    const { up, down } = rttTrace('timestamp,rtt\n1700000000,40\n1700000000.2,50\n1700000000.4,60\n1700000000.6,-1\n');
    const state = up.states[0]!;
    expect(state).toMatchObject({ up: true, delayUs: 25_000, jitterUs: 5000, rateKbps: 0 });
    expect((1 - state.lossRate) ** 2).toBeCloseTo(0.75, 12);
    expect(down.states).toEqual(up.states);
  });

  test('reads seconds and milliseconds as the same instants', () => {
    const rows = (unit: number) => [0, 0.5, 1.2, 2.9].map((s, index) => `${(1_700_000_000 + s) * unit},${40 + index}`);
    expect(rttTrace(['timestamp,rtt', ...rows(1000)].join('\n'))).toEqual(
      rttTrace(['timestamp,rtt', ...rows(1)].join('\n')),
    );
  });

  test('is down where all probes were lost, and as before where none was sent', () => {
    const { up } = rttTrace('timestamp,rtt\n0,40\n1,\n1.5,NaN\n2,60\n4,80\n');
    expect(up.states.map((state) => [state.up, state.delayUs])).toEqual([
      [true, 20_000],
      [false, 20_000],
      [true, 30_000],
      [true, 30_000],
      [true, 40_000],
    ]);
  });

  test('may hold rates, of which 0 lets nothing pass', () => {
    const { up, down } = rttTrace('timestamp,rtt,uplink,downlink\n0,40,10,200\n0.5,40,20,\n1,40,0,100\n');
    expect(up.states.map((state) => [state.up, state.rateKbps])).toEqual([
      [true, 15_000],
      [false, 0],
    ]);
    expect(down.states.map(({ rateKbps }) => rateKbps)).toEqual([200_000, 100_000]);
  });

  test.each([
    ['another header', 'time,rtt\n0,1', /^x\.csv:1:1: the header is "time,rtt", expected timestamp,rtt/],
    ['an unknown column', 'timestamp,rtt,colour\n0,1,2', /^x\.csv:1:1: the header/],
    ['a column too few', 'timestamp,rtt\n0,1\n1\n', /^x\.csv:3:1: has 1 columns, expected 2$/],
    ['no number', 'timestamp,rtt\n0,slow\n', /^x\.csv:2:1: rtt is "slow", expected a number from 0 to 60000$/],
    ['a negative round trip', 'timestamp,rtt\n0,-7\n', /^x\.csv:2:1: rtt is "-7"/],
    ['an instant that is none', 'timestamp,rtt\n,7\n', /^x\.csv:2:1: timestamp is ""/],
    ['rows out of order', 'timestamp,rtt\n5,1\n4,1\n', /^x\.csv:3:1: timestamp is before that of the row above$/],
    ['no rows', 'timestamp,rtt\n', /^x\.csv:1:1: has no rows/],
    ['nothing that came back', 'timestamp,rtt\n0,-1\n', /^x\.csv has no probe that came back$/],
    ['an instant far away', 'timestamp,rtt\n0,1\n99999999999,1\n', /^x\.csv has \d+ windows, at most/],
  ])('with %s is refused with its line', (_, text, message) => {
    expect(() => rttTrace(text)).toThrow(ConfigError);
    expect(() => rttTrace(text)).toThrow(message);
  });
});

describe('a trace of mahimahi', () => {
  const parse = (text: string) => parseMahimahiTrace(text, { file: 'x.down', delayUs: 20_000 });

  test('is a rate over windows of 100 ms, and repeats at its end', () => {
    const recording = parse('0\n50\n50\n210\n250\n');
    expect(recording.states.map(({ up, rateKbps }) => [up, rateKbps])).toEqual([
      [true, 360],
      [false, 0],
      [true, 480],
    ]);
    const link = traceLink(recording);
    expect([0, 99, 100, 249, 250, 500].map((atMs) => link.stateAt(atMs).rateKbps)).toEqual([
      360, 360, 0, 480, 360, 360,
    ]);
    expect([0, 100, 200, 250].map((atMs) => link.nextChangeAfter(atMs))).toEqual([100, 200, 250, 350]);
  });

  test.each([
    ['words', '1\ntwo\n', /^x\.down:2:1: is "two", expected a whole millisecond/],
    ['times that go back', '5\n\n4\n', /^x\.down:3:1: is 4, which is before the line above$/],
    ['no time', '0\n0\n', /^x\.down:1:1: ends at 0 ms/],
  ])('with %s is refused with its line', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

describe('a recording', () => {
  test('plays each window in its turn at any instant, before the run as well', () => {
    fc.assert(
      fc.property(
        fc.record({
          windowMs: fc.double({ min: 0.3, max: 300, noNaN: true }),
          count: fc.integer({ min: 1, max: 7 }),
          last: fc.double({ min: 0.1, max: 1, noNaN: true }),
        }),
        fc.double({ min: -1e5, max: 1e7, noNaN: true }),
        ({ windowMs, count, last }, atMs) => {
          const states = Array.from({ length: count }, (_, index) => {
            return { up: true, delayUs: index, jitterUs: 0, lossRate: 0, rateKbps: 0 };
          });
          const periodMs = windowMs * (count - 1 + last);
          const link = traceLink({ windowMs, periodMs, states });
          const nextMs = link.nextChangeAfter(atMs)!;
          expect(nextMs).toBeGreaterThan(atMs);
          expect(nextMs - atMs).toBeLessThanOrEqual(windowMs + 1e-6);
          const { delayUs } = link.stateAt(atMs);
          expect(link.stateAt(nextMs).delayUs).toBe((delayUs + 1) % count);
          const betweenMs = (atMs + nextMs) / 2;
          if (betweenMs < nextMs) expect(link.stateAt(betweenMs).delayUs).toBe(delayUs);
        },
      ),
    );
  });

  test('is expected to be as usual, without its outages and peaks', () => {
    const { up } = rttTrace('timestamp,rtt\n0,40\n1,40\n2,-1\n3,300\n4,40\n');
    expect(usualLink(up).stateAt(3000)).toMatchObject({ up: true, delayUs: 20_000 });
    expect(usualLink(up).nextChangeAfter(0)).toBe(null);
  });
});
