import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigError } from '../../../../core/config/config-error.ts';
import type { LinkState } from '../../../../netem/links/model/link-model.ts';
import { RECORDING_FORMATS } from '../../../../netem/links/trace/importers.ts';
import { rateRecording } from '../../../../netem/links/trace/rate-trace.ts';
import { elementsOf } from '../../../../netem/sky/orbit/elements.ts';
import { recordingFrom } from './recording-from.ts';

const dataOf = (name: string): string => readFileSync(`test/netem/links/trace/data/${name}`, 'utf8').slice(0, 3000);
const TLE = readFileSync('test/netem/sky/orbit/highdrag.tle', 'utf8');
const OMM =
  '{"OBJECT_NAME":"A","EPOCH":"2026-01-01T00:00:00","MEAN_MOTION":15,"ECCENTRICITY":0.001,"INCLINATION":50,"RA_OF_ASC_NODE":0,' +
  '"ARG_OF_PERICENTER":0,"MEAN_ANOMALY":0,"NORAD_CAT_ID":1,"BSTAR":0}';
const PING = `PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.
[1700000001.040000] 64 bytes from 192.0.2.1: icmp_seq=1 ttl=57 time=40.0 ms
[1700000001.140000] no answer yet for icmp_seq=2
[1700000001.240000] 64 bytes from 192.0.2.1: icmp_seq=3 ttl=57 time=40.0 ms
64 bytes from 192.0.2.1: icmp_seq=3 ttl=57 time=90.0 ms (DUP!)
--- 192.0.2.1 ping statistics ---
4 packets transmitted, 2 received, +1 duplicates, 50% packet loss, time 300ms
`;
const IRTT = JSON.stringify({
  stats: { n: 2 },
  round_trips: [1, 2].map((wall) => ({
    seqno: wall,
    lost: 'false',
    timestamps: { client: { send: { wall: wall * 1e9 } } },
    delay: { rtt: 4e7, send: 1e7, receive: 3e7 },
  })),
});

/** A text with some pieces cut out, doubled, swapped for others, or replaced by what no such file has. */
const broken = (texts: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...texts),
      fc.array(
        fc.record({
          at: fc.nat(3000),
          length: fc.nat(40),
          with: fc.oneof(
            fc.constantFrom(
              '',
              '\n',
              '\r',
              ',',
              '"',
              '{',
              ']',
              '-1',
              '1e999',
              'NaN',
              '\u0000',
              '1e18',
              '-',
              '99999999999',
              ' ',
            ),
            fc.string({ maxLength: 12 }),
          ),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    )
    .map(([text, cuts]) =>
      cuts.reduce((cut, { at, length, with: piece }) => {
        const from = at % (cut.length + 1);
        return cut.slice(0, from) + piece + cut.slice(from + length);
      }, text),
    );

const isPossible = ({ delayUs, jitterUs, lossRate, rateKbps }: LinkState): boolean =>
  Number.isFinite(delayUs + rateKbps) && jitterUs >= 0 && delayUs - jitterUs > 0 && lossRate >= 0 && lossRate <= 1;

/** Calls `read`, and fails unless it returns or throws a mistake in one line. */
const isToldOrRead = (read: () => unknown): void => {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).not.toContain('\n');
    expect((error as Error).message.length).toBeLessThan(500);
  }
};

test('a broken recording is read, or told to be broken in one line', () => {
  const texts = [dataOf('lens-irtt.csv'), dataOf('lens-ping-lost.csv'), PING, IRTT, '20\n21\n19.5\n', '1\n2\n2\n90\n'];
  fc.assert(
    fc.property(broken(texts), fc.constantFrom(...RECORDING_FORMATS), (text, format) => {
      isToldOrRead(() => {
        const { up, down } = recordingFrom(text, { format });
        expect([up, down].every(({ states }) => states.every(isPossible))).toBe(true);
      });
      isToldOrRead(() => rateRecording(text, { file: 'x.txt', delayUs: 1 }));
    }),
    { numRuns: 1000 },
  );
});

test('a broken list of elements is read, or told to be broken in one line', () => {
  fc.assert(
    fc.property(broken([TLE, `[${OMM},\n${OMM}]`, TLE + TLE]), (text) => {
      isToldOrRead(() => elementsOf({ tle: text, elementsFile: 'x.tle' }));
    }),
    { numRuns: 1000 },
  );
});
