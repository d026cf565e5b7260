import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../../core/config/config-error.ts';
import { briefly, recordingFrom } from './recording-from.ts';

const dataOf = (name: string): string => readFileSync(`test/netem/links/trace/data/${name}`, 'utf8');
const half = (rttMs: number): number => rttMs * 500;

describe('a CSV of probes', () => {
  test('gives each direction half the round trip, its loss, and jitter down to the least', () => {
    const { up, down } = recordingFrom(
      'timestamp,rtt\n1700000000,40\n1700000000.2,50\n1700000000.4,60\n1700000000.6,-1\n',
    );
    const state = up.states[0]!;
    expect(state).toMatchObject({ up: true, delayUs: 25_000, jitterUs: 5000, rateKbps: 0 });
    expect((1 - state.lossRate) ** 2).toBeCloseTo(0.75, 12);
    expect(down.states).toEqual(up.states);
  });

  test('has the one-way delays of LENS, in milliseconds, and no rate', () => {
    const { up, down, remarks } = recordingFrom(dataOf('lens-irtt.csv'));
    expect(up.states).toHaveLength(62);
    expect(up.states[0]).toEqual({ up: true, delayUs: 8000, jitterUs: 0, lossRate: 0, rateKbps: 0 });
    expect(down.states[0]).toEqual({ up: true, delayUs: 52_000, jitterUs: 0, lossRate: 0, rateKbps: 0 });
    // The last two rows: lost on the way back, and lost somewhere.
    expect(up.states.slice(-2).map((state) => state.up)).toEqual([true, false]);
    expect(down.states.slice(-2).map((state) => state.up)).toEqual([false, false]);
    expect(remarks).toEqual([]);
  });

  test('reads seconds, milliseconds, microseconds and nanoseconds as the same instants, in any notation', () => {
    const rows = (perS: number, shown: (value: number) => string) =>
      [
        'timestamp,rtt',
        ...[0, 0.5, 1.25, 3].map((s, index) => `${shown((1_700_000_000 + s) * perS)},${40 + index}`),
      ].join('\n');
    const plain = briefly(recordingFrom(rows(1, String)));
    expect(briefly(recordingFrom(rows(1e3, String)))).toEqual(plain);
    expect(briefly(recordingFrom(rows(1e6, String)))).toEqual(plain);
    expect(briefly(recordingFrom(rows(1e9, String)))).toEqual(plain);
    expect(briefly(recordingFrom(rows(1e9, (value) => value.toExponential())))).toEqual(plain);
  });

  test('may have the line ends of Windows, a byte order mark, comments, quotes and columns in any order', () => {
    const plain = briefly(recordingFrom('timestamp,rtt,uplink,downlink\n0,30,10,20\n1,32,11,21\n'));
    expect(
      briefly(
        recordingFrom(
          '\uFEFF# measured\r\nRTT, Downlink, "timestamp", uplink\r\n30,20,0,"10"\r\n\r\n3.2e1,21,1,11\r\n',
        ),
      ),
    ).toEqual(plain);
  });

  test('is down where all probes were lost, and as before where none was sent', () => {
    const { up } = recordingFrom('timestamp,rtt\n0,40\n1,\n1.5,NaN\n2,60\n4,80\n');
    expect(up.states.map((state) => [state.up, state.delayUs])).toEqual([
      [true, 20_000],
      [false, 20_000],
      [true, 30_000],
      [true, 30_000],
      [true, 40_000],
    ]);
  });

  test('splits loss by direction where it is known, and evenly where it is not', () => {
    const rows = [...Array(6).fill('30,10,20'), '0,-1,0', '0,0,-1', '0,0,-1', '-1,0,0'];
    const { up, down } = recordingFrom(
      ['timestamp,rtt,uplink,downlink', ...rows.map((row, index) => `${index / 10},${row}`)].join('\n'),
    );
    const [lostUp, lostDown] = [up.states[0]!.lossRate, down.states[0]!.lossRate];
    expect((1 - lostUp) * (1 - lostDown)).toBeCloseTo(0.6, 12);
    const each = Math.sqrt(9 / 10); // one of ten was lost somewhere
    expect(1 - lostUp).toBeCloseTo((8 / 9) * each, 12);
    expect(1 - lostDown).toBeCloseTo((6 / 8) * each, 12);
  });

  test('knows no direction of a loss that is told in all columns', () => {
    const { up, down } = recordingFrom('timestamp,rtt,uplink,downlink\n0,30,10,20\n1,-1,-1,-1\n2,-1,0,0\n3,0,-1,-1\n');
    expect(up.states.map((state) => state.up)).toEqual([true, false, false, false]);
    expect(down.states.map((state) => state.up)).toEqual([true, false, false, false]);
  });

  test.each(['\n', '\r\n'])('may end in a row that is cut, which is said, and hold its header again (%j)', (end) => {
    const text = ['timestamp,rtt', '0,40', '1,50', 'timestamp,rtt', '2,60', '3'].join(end);
    const { up, remarks } = recordingFrom(text);
    expect(up.states.map(({ delayUs }) => delayUs)).toEqual([20_000, 25_000, 30_000]);
    expect(remarks).toEqual(['x.txt: its last row is cut, and left out']);
    expect(() => recordingFrom(`${text}${end}`)).toThrow(/^x\.txt:6:1: has 1 columns, expected 2$/);
  });

  test('may hold rates, of which 0 lets nothing pass', () => {
    const { up, down } = recordingFrom(
      'timestamp,rtt,uplink_mbps,downlink_mbps\n0,40,10,200\n0.5,40,20,\n1,40,0,100\n',
    );
    expect(up.states.map((state) => [state.up, state.rateKbps])).toEqual([
      [true, 15_000],
      [false, 0],
    ]);
    expect(down.states.map(({ rateKbps }) => rateKbps)).toEqual([200_000, 100_000]);
  });

  test.each([
    ['another header', 'time,rtt\n0,1', /^x\.txt:1:1: the header is "time,rtt", expected timestamp,rtt/],
    ['an unknown column', 'timestamp,rtt,colour\n0,1,2', /^x\.txt:1:1: the header/],
    ['a column twice', 'timestamp,rtt,rtt\n0,1,2', /^x\.txt:1:1: the header/],
    ['a column too few', 'timestamp,rtt\n0,1\n1\n', /^x\.txt:3:1: has 1 columns, expected 2$/],
    ['no number', 'timestamp,rtt\n0,slow\n', /^x\.txt:2:1: rtt is "slow", expected milliseconds, -1 for a lost probe/],
    ['a negative round trip', 'timestamp,rtt\n0,-7\n', /^x\.txt:2:1: rtt is "-7", expected more than 0/],
    [
      'microseconds as milliseconds',
      'timestamp,rtt\n0,61000\n',
      /^x\.txt:2:1: rtt is "61000", expected .* at most 60000 ms/,
    ],
    ['an instant that is none', 'timestamp,rtt\n,7\n', /^x\.txt:2:1: timestamp is ""/],
    ['a negative rate', 'timestamp,rtt,uplink_mbps\n0,1,-1\n', /^x\.txt:2:1: uplink_mbps is "-1", expected Mbit\/s/],
    ['rows out of order', 'timestamp,rtt\n5,1\n4,1\n', /^x\.txt:3:1: timestamp is before that of the row above$/],
    ['no rows', 'timestamp,rtt\n', /^x\.txt:1:1: has no rows/],
    ['nothing that came back', 'timestamp,rtt\n0,-1\n', /^x\.txt has no probe that came back$/],
    ['an instant far away', 'timestamp,rtt\n0,1\n99999999999,1\n', /^x\.txt has \d+ windows, at most/],
  ])('with %s is refused with its line', (_, text, message) => {
    expect(() => recordingFrom(text, { format: 'probe-csv' })).toThrow(ConfigError);
    expect(() => recordingFrom(text, { format: 'probe-csv' })).toThrow(message);
  });
});

describe('one-way delays of clocks that are not synchronised', () => {
  const rows = (offsetMs: number, count = 100) =>
    Array.from({ length: count }, (_, index) => `${index / 10},30,${12 + offsetMs},${18 - offsetMs}`);
  const csv = (lines: readonly string[]) => ['timestamp,rtt,uplink,downlink', ...lines].join('\n');

  test('are not used, where one is negative: each direction gets half, and that is said', () => {
    const { up, down, remarks } = recordingFrom(csv(rows(10_474)));
    expect([up.states[0]!.delayUs, down.states[0]!.delayUs]).toEqual([half(30), half(30)]);
    expect(remarks).toEqual([
      'x.txt: 100 of 100 pairs of one-way delays are impossible, as when two clocks are not synchronised: each direction takes half of the round trip',
    ]);
  });

  test('are not used, where one is less than light takes, or where they do not add up', () => {
    expect(recordingFrom(csv(rows(-9)), { leastOneWayUs: 4000 }).up.states[0]!.delayUs).toBe(half(30));
    expect(recordingFrom(csv(rows(-9))).up.states[0]!.delayUs).toBe(3000);
    const far = recordingFrom(csv(Array.from({ length: 9 }, (_, index) => `${index},30,12,40`)));
    expect(far.up.states[0]!.delayUs).toBe(half(30));
    expect(far.remarks).toHaveLength(1);
  });

  test('are left out alone, where they are one in a thousand', () => {
    const { up, remarks } = recordingFrom(csv([...rows(0, 2000), `200,30,-5,35`]));
    expect([up.states[0]!.delayUs, up.states.at(-1)!.delayUs]).toEqual([12_000, 15_000]);
    expect(remarks).toEqual([
      'x.txt: 1 of 2001 pairs of one-way delays are impossible: those take half of their round trip',
    ]);
  });
});

describe('probes that are missing from a steady interval', () => {
  test('are lost: LENS leaves lost pings out', () => {
    const lines = dataOf('lens-ping-lost.csv').trimEnd().split('\n').slice(1);
    const kept = new Map(lines.map((line) => [Math.round(Number(line.split(',')[0]) * 100), line]));
    const whole = Array.from({ length: 999 }, (_, index) => 170_574_480_001 + index).map(
      (tick) => kept.get(tick) ?? `${tick / 100},-1`,
    );
    const absent = recordingFrom(dataOf('lens-ping-lost.csv'));
    const told = recordingFrom(['timestamp,rtt', ...whole].join('\n'));
    expect(absent.up.states.map((state) => state.up)).toEqual(told.up.states.map((state) => state.up));
    for (const [index, { lossRate }] of absent.up.states.entries())
      expect(lossRate).toBeCloseTo(told.up.states[index]!.lossRate, 1);
    expect(absent.remarks).toEqual([
      expect.stringMatching(
        new RegExp(
          `^x\\.txt: ${999 - kept.size} of 999 probes are not in the file and count as lost, because one was sent every 10\\.0 ms; the longest gap is 3\\.\\d s$`,
        ),
      ),
    ]);
  });

  test('are counted whatever the interval, the jitter, the loss, and whether sending or answering was stamped', () => {
    fc.assert(
      fc.property(
        fc.record({
          intervalMs: fc.constantFrom(10, 15, 100, 200, 1000),
          loss: fc.double({ min: 0, max: 0.6, noNaN: true }),
          isAnswerStamped: fc.boolean(),
          seed: fc.integer(),
        }),
        ({ intervalMs, loss, isAnswerStamped, seed }) => {
          let state = seed >>> 0;
          const draw = () => {
            state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
            return state / 2 ** 32;
          };
          const rows: string[] = [];
          let [first, last] = [-1, -1];
          for (let index = 0; index < 3000; index++) {
            if (draw() < loss) continue;
            const [jitterMs, rttMs] = [draw() * intervalMs * 0.2, 30 + draw() * 40];
            if (first < 0) first = index;
            last = index;
            const atMs = 1_700_000_000_000 + index * intervalMs + jitterMs + (isAnswerStamped ? rttMs : 0);
            rows.push(`${(atMs / 1000).toFixed(6)},${rttMs.toFixed(3)}`);
          }
          rows.sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b));
          const { remarks } = recordingFrom(['timestamp,rtt', ...rows].join('\n'));
          const all = last - first + 1;
          const counted = /: (\d+) of (\d+) probes are not/.exec(remarks[0] ?? `: 0 of ${rows.length} probes are not`)!;
          expect(Math.abs(Number(counted[2]) - all)).toBeLessThanOrEqual(0.02 * all);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('are looked for at the instants of sending, where the file has those of the answers', () => {
    const rows = Array.from({ length: 40 }, (_, index) => {
      const rttMs = index % 2 === 0 ? 3 : 60;
      return `${(index * 100 + 95 + rttMs) / 1000},${rttMs}`;
    });
    const { up } = recordingFrom(['timestamp,rtt', ...rows].join('\n'), { windowMs: 100 });
    expect(up.states.map(({ delayUs }) => delayUs)).toEqual(rows.map((_, index) => (index % 2 === 0 ? 1500 : 30_000)));
  });

  test('are not those that came late, or whose rows stand out of order', () => {
    const rows = Array.from(
      { length: 1000 },
      (_, index) => `${((index + (index % 100 === 50 ? 2.5 : 0)) * 0.02).toFixed(3)},40`,
    );
    expect(recordingFrom(['timestamp,rtt', ...rows].join('\n')).remarks).toEqual([]);
    const lost = rows.filter((_, index) => index % 100 !== 10);
    expect(recordingFrom(['timestamp,rtt', ...lost].join('\n')).remarks[0]).toMatch(
      /^x\.txt: 10 of 1000 probes are not/,
    );
  });

  test('are not looked for in a gap of years', () => {
    const rows = [0, 1, 2, 3, 4, 5, 1e11, 1e11 + 1].map((tick) => `${tick / 100},40`);
    expect(() => recordingFrom(['timestamp,rtt', ...rows].join('\n'))).toThrow(/has \d+ windows, at most 1000000/);
  });

  test('are not made up where the file says of each probe whether it was lost, or has no interval', () => {
    const told = recordingFrom('timestamp,rtt\n0,40\n1,40\n2,-1\n3,40\n4,40\n5,40\n6,40\n60,40\n');
    expect(told.remarks).toEqual(['x.txt: no probe was sent for 54.0 s from 6.0 s on: the link stays as it was']);
    expect(told.up.states.slice(7, 59).every((state) => state.up)).toBe(true);
    const uneven = [0, 1, 1.4, 3.2, 3.9, 7.15, 8.3, 13.57, 14.1, 20.66].map((s) => `${s},40`);
    expect(recordingFrom(['timestamp,rtt', ...uneven].join('\n')).up.states.every((state) => state.up)).toBe(true);
  });
});
