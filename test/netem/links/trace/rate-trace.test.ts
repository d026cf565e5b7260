import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rateRecording } from '../../../../netem/links/trace/rate-trace.ts';
import { traceLink } from '../../../../netem/links/trace/trace-link.ts';
import { PacketOpportunities } from '../../../../report/links/packet-opportunities.ts';

const parse = (text: string) => rateRecording(text, { file: 'x.down', delayUs: 20_000 });
const ratesOf = (text: string) =>
  parse(text).recording.states.map(({ up, rateKbps }) => (up ? Math.round(rateKbps * 1e6) / 1e6 : 'down'));
const every = (ms: number, untilMs: number) =>
  Array.from({ length: untilMs / ms }, (_, index) => (index + 1) * ms).join('\n');

describe('a trace of mahimahi', () => {
  test('of a slow link is slow, not down: one packet a second is 12 kbit/s at any time', () => {
    expect(new Set(ratesOf('1000'))).toEqual(new Set([12]));
    expect(new Set(ratesOf(every(120, 12_000)))).toEqual(new Set([100]));
    expect(new Set(ratesOf('1\n1\n1'))).toEqual(new Set([36_000]));
    expect(parse('1000').recording.states[0]).toMatchObject({ up: true, delayUs: 20_000, lossRate: 0 });
  });

  test('has in each window what falls into it, and repeats at its end', () => {
    const { recording } = parse('0\n50\n50\n210\n250\n');
    // A packet at 0, one by 50, one at 50, one from 50 to 210, one to 250.
    expect(ratesOf('0\n50\n50\n210\n250\n')).toEqual([(3 + 50 / 160) * 120, (100 / 160) * 120, (10 / 160 + 1) * 240]);
    const link = traceLink(recording);
    expect([0, 99, 100, 249, 250, 500].map((atMs) => link.stateAt(atMs).rateKbps)).toEqual([
      397.5, 397.5, 75, 255, 397.5, 397.5,
    ]);
    expect([0, 100, 200, 250].map((atMs) => link.nextChangeAfter(atMs))).toEqual([100, 200, 250, 350]);
  });

  test('of a fast link that stops is down until it goes on', () => {
    const rates = ratesOf(`${every(1, 1000)}\n${Array.from({ length: 1000 }, (_, index) => 3001 + index).join('\n')}`);
    expect(rates.slice(0, 10)).toEqual(Array(10).fill(12_000));
    // The last packet before the outage may leave at 1000, at the edge of a window.
    expect(rates.slice(11, 30)).toEqual(Array(19).fill('down'));
    expect(rates.slice(31)).toEqual(Array(rates.length - 31).fill(12_000));
  });

  test('lets as many packets pass as it has lines, in any trace', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 200 }), (times) => {
        fc.pre(Math.max(...times) > 0);
        const { recording } = parse([...times].sort((a, b) => a - b).join('\n'));
        const { states, windowMs, periodMs } = recording;
        const packets = states.reduce((sum, { rateKbps }, index) => {
          return sum + (rateKbps * Math.min(windowMs, periodMs - index * windowMs)) / 12_000;
        }, 0);
        expect(packets).toBeCloseTo(times.length, 6);
      }),
    );
  });

  test('that this project exports is read back as it was', () => {
    const plan = [
      { up: true, rateKbps: 17_000 },
      { up: false, rateKbps: 17_000 },
      { up: true, rateKbps: 3000 },
    ];
    const opportunities = new PacketOpportunities();
    const trace = plan.flatMap(({ up, rateKbps }, index) =>
      opportunities.of({
        link: 0,
        fromMs: index * 2000,
        toMs: (index + 1) * 2000,
        state: { up, delayUs: 0, jitterUs: 0, lossRate: 0, rateKbps },
      }),
    );
    const rates = ratesOf(trace.join('\n')) as number[];
    const meanOf = (from: number, to: number) => rates.slice(from, to).reduce((a, b) => a + b, 0) / (to - from);
    expect(meanOf(0, 20)).toBeCloseTo(17_000, -2);
    expect(rates.slice(20, 40)).toEqual(Array(20).fill('down'));
    expect(meanOf(41, 59)).toBeCloseTo(3000, -2);
  });

  test('in which all lines are the same is played, and it is said what else it could be', () => {
    expect(parse(Array(1000).fill(25).join('\n')).remarks).toEqual([
      'x.down: all 1000 lines are 25, which mahimahi plays as 480 Mbit/s; if these are delays, use kind: trace with format: leoreplayer-delay',
    ]);
    expect(parse('1\n1\n1').remarks).toEqual([]);
  });

  test.each([
    ['words', '1\ntwo\n', /^x\.down:2:1: is "two", expected a whole millisecond/],
    ['a fraction', '1\n2.5\n', /^x\.down:2:1: is "2\.5", expected a whole millisecond/],
    [
      'times that go back',
      '5\n\n4\n',
      /^x\.down:3:1: is 4, which is before the line above; a trace of delays has kind: trace$/,
    ],
    ['no time', '0\n0\n', /^x\.down:1:1: ends at 0 ms/],
    ['nothing', '\n\n', /^x\.down:1:1: is empty, expected a time in ms on each line$/],
  ])('with %s is refused with its line', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});
