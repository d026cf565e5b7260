import { afterEach, describe, expect, test } from 'vitest';
import { SystemClock } from '../../../core/time/io/system-clock.ts';

let clock: SystemClock;
afterEach(() => clock.close());

const startNow = (): SystemClock => new SystemClock({ startUnixMs: performance.timeOrigin + performance.now() });

describe('a system clock', () => {
  test('I4: never fires early, and never goes back', async () => {
    clock = startNow();
    const early: number[] = [];
    let last = clock.now();
    await Promise.all(
      Array.from({ length: 300 }, (_, index) => {
        const dueMs = clock.now() + ((index * 7919) % 100) / 3;
        return new Promise<void>((resolve) => {
          clock.at(dueMs, (told) => {
            const now = clock.now();
            if (now < dueMs || told !== dueMs || now < last) early.push(index);
            last = now;
            resolve();
          });
        });
      }),
    );
    expect(early).toEqual([]);
  });

  test('keeps the order of due times, ties in the order set', async () => {
    clock = startNow();
    const ran: number[] = [];
    const baseMs = clock.now() + 5;
    const offsets = [3, 1, 1, 2, 0, 3];
    await new Promise<void>((resolve) => {
      for (const [index, offset] of offsets.entries()) clock.at(baseMs + offset, () => ran.push(index));
      clock.at(baseMs + 4, () => resolve());
    });
    expect(ran).toEqual([4, 1, 2, 3, 0, 5]);
  });

  test('does not fire what was cancelled', async () => {
    clock = startNow();
    let fired = false;
    const cancel = clock.at(clock.now() + 2, () => {
      fired = true;
    });
    cancel();
    await new Promise<void>((resolve) => clock.at(clock.now() + 6, () => resolve()));
    expect(fired).toBe(false);
  });

  test('counts from the start it is given, negative before it', () => {
    clock = new SystemClock({ startUnixMs: Date.now() + 60_000 });
    expect(clock.now()).toBeLessThan(-59_000);
    expect(clock.now()).toBeGreaterThan(-61_000);
  });
});
