import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addSentProbes } from '../../../../netem/links/trace/ping-sequence.ts';
import { ProbeList } from '../../../../netem/links/trace/probes.ts';
import { briefly, recordingFrom } from './recording-from.ts';

const HEADER = 'PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.';
const START_S = 1_700_000_000;
/** Answer `seq` of a ping with an interval, as iputils prints it with -D. */
const answer = (seq: number, rttMs: number, intervalS = 1, shown = seq): string =>
  `[${(START_S + seq * intervalS + rttMs / 1000).toFixed(6)}] 64 bytes from 192.0.2.1: icmp_seq=${shown} ttl=57 time=${rttMs} ms`;
const log = (...lines: readonly string[]): string => `${[HEADER, ...lines].join('\n')}\n`;
const upOf = (text: string): readonly (number | 'down')[] =>
  recordingFrom(text).up.states.map((state) => (state.up ? state.delayUs : 'down'));

describe('a log of ping', () => {
  test('of Linux has a probe for each number, lost where there is no answer', () => {
    const text = log(
      answer(1, 40),
      answer(2, 60),
      `[${START_S + 4}.1] no answer yet for icmp_seq=3`,
      `[${START_S + 5}.1] From 192.0.2.254 icmp_seq=4 Destination Host Unreachable`,
      answer(5, 80),
      '',
      '--- 192.0.2.1 ping statistics ---',
      '7 packets transmitted, 3 received, +1 errors, 57.1429% packet loss, time 6010ms',
      'rtt min/avg/max/mdev = 40.000/60.000/80.000/16.329 ms, pipe 2',
    );
    expect(upOf(text)).toEqual([20_000, 30_000, 'down', 'down', 40_000, 'down', 'down']);
  });

  test('counts no number as lost that was answered after "no answer yet", nor the last ones on their way', () => {
    const lines = [1, 2, 3, 4, 5].flatMap((seq) => [
      `[${(START_S + (seq + 1) * 0.01).toFixed(6)}] no answer yet for icmp_seq=${seq}`,
      answer(seq, 50, 0.01),
    ]);
    const { up } = recordingFrom(log(...lines, `[${(START_S + 0.1).toFixed(6)}] no answer yet for icmp_seq=6`));
    expect(up.states.map(({ lossRate }) => lossRate)).toEqual([0]);
  });

  test('counts an outage at its beginning and at its end', () => {
    const text = log(answer(4, 40), answer(5, 40), '8 packets transmitted, 2 received, 75% packet loss, time 7100ms');
    expect(upOf(text)).toEqual(['down', 'down', 'down', 20_000, 20_000, 'down', 'down', 'down']);
  });

  test('has duplicates, truncated last lines, errors and other lines beside the answers', () => {
    const plain = upOf(log(answer(1, 40), answer(2, 44), answer(3, 48)));
    const text = log(
      'ping: Warning: time of day goes back (-12us), taking countermeasures',
      answer(1, 40),
      `${answer(1, 900)} (DUP!)`,
      answer(2, 44),
      '92 bytes from 192.0.2.254: Redirect Host(New addr: 192.0.2.253)',
      'ping: sendmsg: Network is unreachable',
      '^C',
      answer(3, 48),
    );
    expect(upOf(text)).toEqual(plain);
    expect(upOf(`${text}[1700000004.040000] 64 bytes from 192.0.2.1: icmp_seq=4 ttl`)).toEqual(plain);
    expect(upOf(text.replaceAll('\n', '\r\n'))).toEqual(plain);
    expect(upOf(text.replace(`${HEADER}\n`, ''))).toEqual(plain);
  });

  test('goes on counting after number 65,535, in an outage too', () => {
    const intervalS = 0.01;
    const kept = (seq: number) => seq < 60_000 || (seq > 66_000 && seq < 70_000) || seq > 140_000;
    const lines: string[] = [];
    for (let seq = 1; seq < 150_000; seq++) if (kept(seq)) lines.push(answer(seq, 40, intervalS, seq % 65_536));
    const up = upOf(log(...lines));
    expect(up).toHaveLength(1500);
    const down = up.flatMap((state, second) => (state === 'down' ? [second] : []));
    expect([down[0], down.find((second) => second > 660), down.at(-1)]).toEqual([600, 700, 1399]);
    expect(down).toHaveLength(60 + 700);
  });

  test('whose beginning was cut has no outage before its first answer', () => {
    const cut = log(
      answer(65_500, 40),
      answer(65_501, 40),
      '100 packets transmitted, 2 received, 98% packet loss, time 99000ms',
    );
    expect(upOf(cut)).toEqual([20_000, 20_000]);
    expect(upOf(log(answer(5000, 40), answer(5001, 40)))).toEqual([20_000, 20_000]);
  });

  test('in which all times are the same has none', () => {
    const line = (seq: number) =>
      `2024-01-20 10:00:00 64 bytes from 192.0.2.1: icmp_seq=${seq} ttl=57 time=${30 + seq} ms`;
    const { up, remarks } = recordingFrom(log(line(1), line(2), line(4)));
    expect(up.states.map((state) => state.up)).toEqual([true, true, false, true]);
    expect(remarks[0]).toMatch(/has no times/);
  });

  test('of two hosts is one path, and that is said; as is a time without probes', () => {
    const other = log(answer(3700, 40)).replaceAll('192.0.2.1', '192.0.2.9');
    expect(recordingFrom(`${log(answer(1, 40), answer(2, 40))}${other}`).remarks).toEqual([
      'x.txt: has answers of 2 hosts (192.0.2.1, 192.0.2.9), which are played as one path',
      'x.txt: no probe was sent for 3698.0 s from 1.0 s on: the link stays as it was',
    ]);
  });

  test('that was cut on Windows may end in half a line too', () => {
    const text = log(answer(1, 40), answer(2, 40)).replaceAll('\n', '\r\n');
    expect(upOf(`${text}[1700000003.04] 64 bytes from 192.0.2.1: icmp_seq=3 tt`)).toEqual([20_000, 20_000]);
  });

  test('of a clock that was set by decades is refused, and takes no time to be', () => {
    const early = (seq: number) => answer(seq, 40).replace(/^\[\d+/, `[${12 + seq}`);
    const text = log(early(1), early(2), early(3), ...[4, 5, 6].map((seq) => answer(seq, 40)));
    expect(() => recordingFrom(text)).toThrow(/^x\.txt has \d+ windows, at most 1000000; expected a longer windowMs/);
  });

  test('may be several outputs one after another; the time between two of them is not an outage', () => {
    const later = (seq: number) => answer(seq + 30, 40, 1, seq);
    const two = upOf(`${log(answer(1, 40), answer(2, 40))}${log(later(1), later(3))}`);
    expect(two).toHaveLength(33);
    expect(two.flatMap((state, second) => (state === 'down' ? [second] : []))).toEqual([31]);
  });

  test.each([
    ['macOS', 'PING 192.0.2.1 (192.0.2.1): 56 data bytes', 'icmp_seq', 'Request timeout for icmp_seq 1'],
    ['BusyBox', 'PING 192.0.2.1 (192.0.2.1): 56 data bytes', 'seq', ''],
  ])('of %s counts from 0, one second apart, and that is said', (_, header, name, timeout) => {
    const text = [
      header,
      `64 bytes from 192.0.2.1: ${name}=0 ttl=57 time=40.000 ms`,
      timeout,
      `64 bytes from 192.0.2.1: ${name}=2 ttl=57 time=60.000 ms`,
      '',
      '--- 192.0.2.1 ping statistics ---',
      '4 packets transmitted, 2 packets received, 50.0% packet loss',
      'round-trip min/avg/max/stddev = 40.000/50.000/60.000/10.000 ms',
    ].join('\n');
    expect(upOf(text)).toEqual([20_000, 'down', 30_000, 'down']);
    expect(recordingFrom(text).remarks).toEqual([
      'x.txt: has no times (ping -D writes them): probes are taken as 1000 ms apart',
    ]);
  });

  test('without times takes the interval from its summary, and times of day as they are', () => {
    const plain = [1, 2, 3, 4, 5].map((seq) => `64 bytes from 192.0.2.1: icmp_seq=${seq} ttl=57 time=40.0 ms`);
    const summary = '5 packets transmitted, 5 received, 0% packet loss, time 800ms';
    expect(recordingFrom(log(...plain, summary)).remarks[0]).toMatch(/taken as 200 ms apart$/);
    const clock = ['23:59:59.040000', '00:00:00.040000', '00:00:03.040000'];
    const stamped = clock.map(
      (time, index) => `${time} 64 bytes from 192.0.2.1: icmp_seq=${[0, 1, 4][index]} ttl=57 time=40.0 ms`,
    );
    expect(upOf(stamped.join('\n'))).toEqual([20_000, 20_000, 'down', 'down', 20_000]);
    expect(recordingFrom(stamped.join('\n')).remarks).toEqual([]);
  });

  test.each([
    ['ts with Unix seconds', (atS: number) => atS.toFixed(3)],
    ['ts with dates', (atS: number) => new Date(atS * 1000).toISOString().replace('T', ' ').replace('Z', '')],
    ['dates with a zone', (atS: number) => new Date(atS * 1000 + 7_200_000).toISOString().replace('Z', '+0200:')],
  ])('has the times of %s', (_, shown) => {
    const line = (seq: number) =>
      `${shown(START_S + seq * 3 + 0.04)} 64 bytes from a.example: icmp_seq=${seq} ttl=57 time=40 ms`;
    const before = Array(6).fill(20_000);
    expect(upOf(log(line(1), line(2), line(4)))).toEqual([...before, 'down', 'down', 'down', 20_000]);
    expect(recordingFrom(log(line(1), line(2))).remarks).toEqual([]);
  });

  test('may be in the language of the machine', () => {
    const line = '[1700000001.04] 64 Bytes von 192.0.2.1: icmp_seq=1 ttl=57 Zeit=40,5 ms';
    expect(upOf(`PING 192.0.2.1 (192.0.2.1) 56(84) Bytes an Daten.\n${line}\n`)).toEqual([20_250]);
  });

  test.each([
    ['iputils, IPv4', HEADER, 1],
    ['iputils, IPv6', 'PING a.example(2001:db8::1) 56 data bytes', 1],
    ['macOS', 'PING a.example (192.0.2.1): 56 data bytes', 0],
    ['macOS, IPv6', 'PING6(56=40+8+8 bytes) 2001:db8::2 --> 2001:db8::1', 0],
  ])('of %s has a first number', (_, header, first) => {
    const text = `${header}\n${answer(2, 40)}\n${answer(3, 40)}\n`;
    expect(upOf(text)).toEqual([...Array(2 - first).fill('down'), 20_000, 20_000]);
  });

  test.each([
    [
      'no answer',
      `${HEADER}\n3 packets transmitted, 0 received, 100% packet loss, time 2029ms\n`,
      /^x\.txt:1:1: has no answer of ping/,
    ],
    [
      'an answer without its time',
      log(answer(1, 40), '64 bytes from 192.0.2.1: icmp_seq=2 ttl=57', answer(3, 40)),
      /^x\.txt:3:1: has no round trip in "ttl=57"/,
    ],
    [
      'a round trip in words',
      log(answer(1, 40).replace('40 ms', 'fast ms'), answer(2, 40)),
      /^x\.txt:2:1: has no round trip/,
    ],
    [
      'times on some lines',
      log(answer(1, 40), answer(2, 40).slice(20), answer(3, 40)),
      /^x\.txt:1:1: has times on 2 of 3 answers/,
    ],
  ])('with %s is refused with its line', (_, text, message) => {
    expect(() => recordingFrom(text)).toThrow(message);
  });

  test('has every number once, in order, whatever is lost, doubled or late', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ isLost: fc.boolean(), isDoubled: fc.boolean(), rttMs: fc.integer({ min: 1, max: 900 }) }),
          {
            minLength: 3,
            maxLength: 60,
          },
        ),
        fc.integer({ min: 0, max: 65_535 }),
        (sent, start) => {
          const came = sent.flatMap(({ isLost, isDoubled, rttMs }, index) => {
            const one = { seq: (start + index) % 65_536, atMs: index * 100 + rttMs, rttMs, index };
            return isLost ? [] : isDoubled ? [one, { ...one, atMs: one.atMs + 50, rttMs: rttMs + 50 }] : [one];
          });
          fc.pre(came.length > 0);
          came.sort((a, b) => a.atMs - b.atMs);
          const probes = new ProbeList();
          addSentProbes(
            {
              firstSeq: null,
              seqs: came.map(({ seq }) => seq),
              cameMs: came.map(({ atMs }) => atMs),
              rttsMs: came.map(({ rttMs }) => rttMs),
              unansweredSeqs: [],
              unansweredMs: [],
              unansweredFinal: [],
              sent: null,
              overMs: null,
            },
            probes,
          );
          const indexes = came.map(({ index }) => index);
          const [first, last] = [Math.min(...indexes), Math.max(...indexes)];
          const expected = sent.slice(first, last + 1).map(({ isLost }) => (isLost ? 'lost' : 'answered'));
          expect(Array.from({ length: probes.length }, (_, index) => probes.fate(index))).toEqual(expected);
          for (let index = 1; index < probes.length; index++)
            expect(probes.value(index, 'atMs')).toBeGreaterThan(probes.value(index - 1, 'atMs'));
        },
      ),
    );
  });

  test('tells from the time how often the numbers went round between two answers', () => {
    const probes = new ProbeList();
    const numbers = [65_530, 65_540, 65_540 + 3 * 65_536];
    addSentProbes(
      {
        firstSeq: null,
        seqs: numbers.flatMap((number) => [number, number + 1]).map((number) => number % 65_536),
        cameMs: numbers.flatMap((number) => [number, number + 1]).map((number) => number * 10 + 40),
        rttsMs: Array(6).fill(40),
        unansweredSeqs: [],
        unansweredMs: [],
        unansweredFinal: [],
        sent: null,
        overMs: null,
      },
      probes,
    );
    expect(probes.length).toBe(10 + 3 * 65_536 + 2);
  });

  test('gives the same recording as the CSV that its answers and losses make', () => {
    const rtts = Array.from({ length: 300 }, (_, index) => (index % 7 === 3 ? null : 30 + ((index * 37) % 50)));
    const lines = rtts.flatMap((rttMs, index) => (rttMs === null ? [] : [answer(index + 1, rttMs, 0.1)]));
    const rows = rtts.map((rttMs, index) => `${START_S + (index + 1) / 10},${rttMs ?? -1}`);
    const [ping, csv] = [recordingFrom(log(...lines)), recordingFrom(['timestamp,rtt', ...rows].join('\n'))];
    expect(ping.up.states).toHaveLength(csv.up.states.length);
    expect(JSON.stringify(briefly(ping))).toBe(JSON.stringify(briefly(csv)));
  });
});
