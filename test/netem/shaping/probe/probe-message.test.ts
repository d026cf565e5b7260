import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROBE_BYTES, probeMessage, probeReader } from '../../../../netem/shaping/probe/probe-message.ts';

test('numbers come out as they went in, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(0xffffffff)),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (sent, cuts) => {
        const bytes = Buffer.concat(sent.map(probeMessage));
        expect(bytes).toHaveLength(sent.length * PROBE_BYTES);
        const got: number[] = [];
        const read = probeReader((number) => got.push(number));
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          const end = at + cuts[cut % cuts.length]!;
          read(bytes.subarray(at, end));
          at = end;
        }
        expect(got).toEqual(sent);
      },
    ),
  );
});
