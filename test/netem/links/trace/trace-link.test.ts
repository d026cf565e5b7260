import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { traceLink, usualLink } from '../../../../netem/links/trace/trace-link.ts';
import { recordingFrom } from './recording-from.ts';

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
          if (count === 1) {
            expect(link.nextChangeAfter(atMs)).toBe(null);
            return;
          }
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

  test('changes only where a state differs from the one before, round its end too', () => {
    const plain = { up: true, jitterUs: 0, lossRate: 0, rateKbps: 0 };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 12 }), (delaysUs) => {
        const states = delaysUs.map((delayUs) => ({ ...plain, delayUs }));
        const link = traceLink({ windowMs: 10, periodMs: 10 * states.length, states });
        for (let window = 0; window < 2 * states.length; window++) {
          let next = window + 1;
          while (next <= window + states.length && delaysUs[next % states.length] === delaysUs[window % states.length])
            next++;
          const isConstant = new Set(delaysUs).size === 1;
          expect(link.nextChangeAfter(10 * window + 5)).toBe(isConstant ? null : 10 * next);
        }
      }),
    );
  });

  test('is expected to be as usual, without its outages and peaks', () => {
    const { up } = recordingFrom('timestamp,rtt\n0,40\n1,40\n2,-1\n3,300\n4,40\n');
    expect(usualLink(up).stateAt(3000)).toMatchObject({ up: true, delayUs: 20_000 });
    expect(usualLink(up).nextChangeAfter(0)).toBe(null);
  });
});
