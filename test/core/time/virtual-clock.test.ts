import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';

describe('a virtual clock', () => {
  test('I4: runs callbacks by due time, ties in the order set, and never goes back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (dueTimes) => {
        const clock = new VirtualClock();
        const ran: { dueMs: number; nowMs: number; order: number }[] = [];
        dueTimes.forEach((atMs, order) => {
          clock.at(atMs, (dueMs) => ran.push({ dueMs, nowMs: clock.now(), order }));
        });
        clock.runUntil(20);
        const expected = dueTimes.map((dueMs, order) => ({ dueMs, nowMs: dueMs, order }));
        expected.sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
        expect(ran).toEqual(expected);
      }),
    );
  });

  test('never runs what was cancelled, however much is cancelled and in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ atMs: fc.integer({ min: 0, max: 50 }), cancel: fc.boolean() }), { maxLength: 500 }),
        (events) => {
          const clock = new VirtualClock();
          const ran: number[] = [];
          const cancels = events.map((event, index) => clock.at(event.atMs, () => ran.push(index)));
          events.forEach((event, index) => {
            if (event.cancel) cancels[index]!();
          });
          clock.runUntil(50);
          expect(ran.toSorted((a, b) => a - b)).toEqual(
            events.flatMap((event, index) => (event.cancel ? [] : [index])),
          );
        },
      ),
    );
  });

  test('does not run events after the end, and stops at the end', () => {
    const clock = new VirtualClock();
    let ran = 0;
    clock.at(10.5, () => ran++);
    expect(clock.runUntil(10)).toBe(0);
    expect(clock.now()).toBe(10);
    expect(clock.runUntil(11)).toBe(1);
    expect(ran).toBe(1);
  });

  test('runs an event of the past now, after those already due now', () => {
    const clock = new VirtualClock(5);
    const ran: string[] = [];
    clock.at(5, () => ran.push('due now'));
    clock.at(1, (dueMs) => ran.push(`past, due ${dueMs}`));
    clock.runUntil(5);
    expect(ran).toEqual(['due now', 'past, due 5']);
  });

  test('a callback may set and cancel others', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    const cancelLater = clock.at(3, () => ran.push('never'));
    clock.at(1, (dueMs) => {
      cancelLater();
      clock.at(dueMs + 1, () => ran.push('chained'));
    });
    clock.runUntil(10);
    expect(ran).toEqual(['chained']);
  });

  test('refuses an instant that is not a number', () => {
    expect(() => new VirtualClock().at(Number.NaN, () => {})).toThrow(RangeError);
  });
});
