import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { eventLine } from '../../../core/event/event-line.ts';
import { loggedEvent } from '../../../core/event/logged-event.ts';
import { runEvent } from '../../report/logged-run.ts';

const written = (event: Event): Event => JSON.parse(eventLine(event)) as Event;
const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 });

describe('a line of the log', () => {
  test('keeps every number except instants to its last digit: a loss of 1e-5, a millionth of a dollar', () => {
    fc.assert(
      fc.property(number, number, (lossRate, delayUs) => {
        const event: Event = {
          kind: 'link',
          atMs: 1,
          link: 'l',
          up: true,
          delayUs,
          jitterUs: 0,
          lossRate,
          rateKbps: 0,
        };
        expect(written(event)).toEqual(event);
      }),
    );
    const energy: Event = {
      kind: 'energy',
      atMs: 10,
      node: 'a',
      durationMs: 1000.123456,
      joules: 1 / 3,
      promptTokens: 1,
      outputTokens: 2,
      usd: 0.000_044_44,
      gCo2: 1e-7,
      busyMs: 1,
      cappedMs: 0,
      throttledMs: 0,
      outMs: 0,
      maxTempC: null,
      batteryShare: null,
    };
    expect(written(energy)).toEqual(energy);
  });

  test('keeps instants to a tenth of a microsecond', () => {
    const at = { kind: 'finished', request: 1, outcome: 'answered', tokens: 1, status: 'OK' } as const;
    expect(written({ ...at, atMs: 1.000_049, lastTokenAtMs: 0.123_456_789 })).toEqual({
      ...at,
      atMs: 1,
      lastTokenAtMs: 0.1235,
    });
  });

  /** The events of a request, with and without what may be left out. */
  const ofRequest = (numbers: readonly number[]): readonly Event[] => {
    const [atMs, request, otherMs, a, b, c] = numbers as [number, number, number, number, number, number];
    const gaps = { n: a, maxMs: b, stalls: c, overMs: otherMs };
    const sent = {
      kind: 'sent',
      atMs,
      request,
      client: 'london',
      intendedAtMs: otherMs,
      promptTokens: a,
      outputTokens: b,
    } as const;
    const served = { atMs, request, attempt: a, node: 'n' };
    const finished = { kind: 'finished', atMs, request, outcome: 'answered', tokens: a, status: 'OK' } as const;
    return [
      sent,
      { ...sent, class: 'chat', model: 'm', session: 's', turn: c },
      { kind: 'routed', atMs, request, attempt: a, endpoint: 'e' },
      { kind: 'routed', atMs, request, attempt: a, endpoint: 'e', router: 'r', expectedMs: otherMs },
      { kind: 'received', ...served },
      { kind: 'scheduled', ...served },
      { kind: 'served', ...served, outcome: 'answered', tokens: b },
      { kind: 'first-token', atMs, request },
      finished,
      { ...finished, retries: c, lastTokenAtMs: otherMs, gaps, reason: 'none' },
    ];
  };
  const sixNumbers = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 6, maxLength: 6 });

  test('of a request keeps its instants to a tenth of a microsecond, and everything else as it was', () => {
    const rounded = (key: string, value: unknown): unknown =>
      /^(at|.*At)Ms$/.test(key) ? Math.round((value as number) * 1e4) / 1e4 : value;
    fc.assert(
      fc.property(sixNumbers, (numbers) => {
        for (const event of ofRequest(numbers)) {
          expect(loggedEvent(event)).toEqual(JSON.parse(JSON.stringify(event, rounded)));
        }
      }),
    );
  });

  test('of a request is a fault wherever a number in it is not finite', () => {
    fc.assert(
      fc.property(
        sixNumbers,
        fc.nat(5),
        fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
        (numbers, place, wrong) => {
          const [good, bad] = [ofRequest(numbers), ofRequest(numbers.with(place, wrong))];
          for (const [index, event] of bad.entries()) {
            const isSame = JSON.stringify(event) === JSON.stringify(good[index]);
            expect(loggedEvent(event).kind).toBe(isSame ? event.kind : 'fault');
          }
        },
      ),
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'is a fault where the event holds %d, which JSON would turn into null unseen',
    (rttMs) => {
      expect(written({ kind: 'probe', atMs: 3, path: 'a', rttMs })).toEqual({
        kind: 'fault',
        atMs: 3,
        part: 'log',
        reason: `left out an event "probe" with rttMs ${rttMs}, which is no number that can be written`,
      });
      expect(written({ kind: 'probe', atMs: rttMs, path: 'a', rttMs: 1 })).toMatchObject({ kind: 'fault', atMs: 0 });
    },
  );

  test('is what `loggedEvent` keeps, so that whoever adds events up gets the figures of the log', () => {
    const params = { weights: [0.123_456_78, 1], atMs: 0.123_456_78 };
    const event = runEvent({ key: { ...runEvent().key, params } });
    expect(written(event)).toEqual(loggedEvent(event));
    expect(loggedEvent(event)).toMatchObject({ key: { params: { weights: [0.123_456_78, 1], atMs: 0.1235 } } });
    expect(params.atMs).toBe(0.123_456_78);
    const wrong = runEvent({ key: { ...event.key, params: { weights: [1, Number.NaN] } } });
    expect(loggedEvent(wrong)).toMatchObject({ kind: 'fault', reason: expect.stringContaining('with 1 NaN') });
  });
});
