import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RECORDING_FORMATS } from '../../../../netem/links/trace/importers.ts';
import { recordingFrom } from './recording-from.ts';

const delays = (count: number, delayOf: (index: number) => number): string =>
  `${Array.from({ length: count }, (_, index) => delayOf(index)).join('\n')}\n`;

describe('the format of a recording', () => {
  test('is known by its content, and its name gives the same', () => {
    const texts = {
      'probe-csv': readFileSync('test/netem/links/trace/data/lens-irtt.csv', 'utf8'),
      ping: '[1700000000.04] 64 bytes from 192.0.2.1: icmp_seq=1 ttl=57 time=40.0 ms\n',
      irtt: '{"round_trips":[{"lost":"false","timestamps":{"client":{"send":{"wall":1}}},"delay":{"rtt":1000000}}]}',
      'leoreplayer-delay': delays(50, (index) => 20 + ((index * 7) % 13)),
    };
    expect(RECORDING_FORMATS).toEqual(['auto', ...Object.keys(texts), 'mahimahi']);
    for (const [format, text] of Object.entries(texts))
      expect(recordingFrom(text)).toEqual(recordingFrom(text, { format }));
  });

  test('is asked for where it could be two', () => {
    expect(() => recordingFrom(delays(1000, () => 25))).toThrow(
      /^x\.txt:1:1: is a delay trace of LeoReplayer .*, or a rate trace of mahimahi .*: say which, with format: leoreplayer-delay or mahimahi$/,
    );
  });

  test.each([
    [
      'a rate trace',
      delays(1000, (index) => 100 * index),
      /^x\.txt:1:1: is a rate trace of mahimahi, which has no delay/,
    ],
    ['something else', 'once upon a time\n', /^x\.txt:1:1: starts with "once upon a time", expected a CSV of probes/],
    ['nothing', ' \n\n', /^x\.txt:1:1: is empty, expected a recording$/],
    ['words after blank lines', '\n\nonce upon a time\n', /^x\.txt:3:1: starts with "once upon a time", expected/],
    [
      'a word among numbers',
      '25\n26\nNaN\n25\n24\n',
      /^x\.txt:3:1: is "NaN", expected a number as on most other lines$/,
    ],
    ['a negative among numbers', '25.5\n-1\n25\n24\n', /^x\.txt:2:1: is "-1", expected a number/],
    ['JSON of something else', '{"tle": []}', /^x\.txt:1:1: starts with/],
  ])('with %s is refused', (_, text, message) => {
    expect(() => recordingFrom(text)).toThrow(message);
  });
});

describe('a delay trace of LeoReplayer', () => {
  const format = 'leoreplayer-delay';

  test('is one way, in milliseconds, 10 ms a line, the same in both directions', () => {
    const { up, down } = recordingFrom('24\n18\n18.5\n', { format });
    expect(up).toMatchObject({ windowMs: 10, periodMs: 30 });
    expect(up.states.map(({ delayUs, jitterUs }) => [delayUs, jitterUs])).toEqual([
      [24_000, 0],
      [18_000, 0],
      [18_500, 0],
    ]);
    expect(down.states).toEqual(up.states);
  });

  test('may be played in longer windows, with the spread as jitter', () => {
    const { up } = recordingFrom('20\n24\n30\n40\n40\n40\n', { format, windowMs: 30 });
    expect(up.states.map(({ delayUs, jitterUs }) => [delayUs, jitterUs])).toEqual([
      [24_000, 4000],
      [40_000, 0],
    ]);
  });

  test.each([
    ['words', '20\nfar\n', /^x\.txt:2:1: is "far", expected a one-way delay in ms/],
    [
      'a time',
      '20\n120000\n',
      /^x\.txt:2:1: is "120000", expected a one-way delay in ms, more than 0 and at most 10000$/,
    ],
    ['a blank line inside', '20\n\n21\n', /^x\.txt:2:1: is blank/],
    ['nothing', '\n', /^x\.txt:1:1: has no lines/],
  ])('with %s is refused with its line', (_, text, message) => {
    expect(() => recordingFrom(text, { format })).toThrow(message);
  });
});
