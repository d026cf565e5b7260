import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { finiteEvents } from '../../../core/event/finite-events.ts';

const probe = (atMs: number, rttMs: number): Event => ({ kind: 'probe', atMs, path: 'a/fibre', rttMs });

const through = (event: Event): readonly Event[] => {
  const heard: Event[] = [];
  finiteEvents('node a', (each) => heard.push(each))(event);
  return heard;
};

test('an event of finite numbers passes as it is', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(through(probe(1, value))).toEqual([probe(1, value)]);
    }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  '%d becomes a fault that names it',
  (value) => {
    const reason = 'has no number for rttMs of an event "probe"';
    expect(through(probe(7, value))).toEqual([{ kind: 'fault', atMs: 7, part: 'node a', reason }]);
  },
);

test('nested numbers are checked too, and an invalid instant does no harm', () => {
  const run = { kind: 'run', atMs: Number.NaN, slo: { ttftMs: Number.NaN } } as unknown as Event;
  expect(through({ ...run, atMs: 1 } as Event)).toMatchObject([
    { reason: 'has no number for slo.ttftMs of an event "run"' },
  ]);
  expect(through(run)).toMatchObject([{ kind: 'fault', atMs: 0 }]);
});
