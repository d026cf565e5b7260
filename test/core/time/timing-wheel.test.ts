import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimingWheel, type WheelEntry } from '../../../core/time/timing-wheel.ts';

const TICK_MS = 4;

class Called implements WheelEntry {
  dueAtMs = Number.NaN;
  next: WheelEntry | null = null;
  previous: WheelEntry | null = null;
  readonly onDue: () => void;

  constructor(onDue: () => void) {
    this.onDue = onDue;
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), inMs: fc.double({ min: -5, max: 200, noNaN: true }) }),
  fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('wait' as const), forMs: fc.double({ min: 0, max: 100, noNaN: true }) }),
);

test('each is called once, never early, at most a tick late, unless it was taken out', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      let nowMs = 1000;
      const wheel = new TimingWheel({ tickMs: TICK_MS, slots: 8, nowMs });
      const waiting = new Map<Called, number>();
      for (const doing of steps) {
        if (doing.kind === 'add') {
          const dueAtMs = nowMs + doing.inMs;
          const entry = new Called(() => {
            expect(nowMs).toBeGreaterThanOrEqual(dueAtMs);
            expect(waiting.delete(entry)).toBe(true);
          });
          wheel.add(entry, dueAtMs);
          waiting.set(entry, dueAtMs);
        } else if (doing.kind === 'remove') {
          const entry = [...waiting.keys()][doing.which % Math.max(1, waiting.size)];
          if (entry === undefined) continue;
          wheel.remove(entry);
          wheel.remove(entry);
          waiting.delete(entry);
        } else {
          nowMs += doing.forMs;
          wheel.advance(nowMs);
          for (const dueAtMs of waiting.values()) expect(dueAtMs).toBeGreaterThan(nowMs - 2 * TICK_MS);
        }
        expect(wheel.count).toBe(waiting.size);
        const { nextAtMs } = wheel;
        const firstMs = Math.min(...waiting.values());
        if (waiting.size === 0) expect(nextAtMs).toBe(null);
        else expect(nextAtMs).toBeLessThanOrEqual(Math.max(nowMs, firstMs) + 2 * TICK_MS);
      }
      while (wheel.nextAtMs !== null) {
        nowMs = wheel.nextAtMs;
        wheel.advance(nowMs);
      }
      expect(waiting.size).toBe(0);
    }),
  );
});

test('one that is called may take out others that are due, and put itself in again', () => {
  const wheel = new TimingWheel({ tickMs: TICK_MS, slots: 8, nowMs: 0 });
  const called: string[] = [];
  const second = new Called(() => called.push('second'));
  const third = new Called(() => called.push('third'));
  const first = new Called(() => {
    called.push('first');
    wheel.remove(second);
    if (called.length === 1) wheel.add(first, 9);
  });
  for (const entry of [first, second, third]) wheel.add(entry, 5);
  wheel.advance(8);
  expect(called).toEqual(['first', 'third']);
  wheel.advance(12);
  expect(called).toEqual(['first', 'third', 'first']);
  expect(wheel.count).toBe(0);
});
