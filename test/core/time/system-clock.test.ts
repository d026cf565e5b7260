import { afterEach, describe, expect, test, vi } from 'vitest';
import { steadyUnixMs } from '../../../core/time/io/steady-unix.ts';
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

  test('lets the event loop run while callbacks are always behind, and keeps their order', async () => {
    clock = startNow();
    const told: number[] = [];
    let turns = 0;
    const turn = setInterval(() => turns++, 1);
    await new Promise<void>((resolve) => {
      // Each computes for twice as long as it may: no callback ever finds the clock before its due time again.
      const step = (dueMs: number): void => {
        told.push(dueMs);
        const untilMs = performance.now() + 1;
        while (performance.now() < untilMs);
        if (told.length < 300) clock.at(dueMs + 0.5, step);
        else resolve();
      };
      clock.at(clock.now(), step);
    });
    clearInterval(turn);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(turns).toBeGreaterThan(30); // without slices the loop turns when all is over
  });

  test('continues after a callback that threw', async () => {
    clock = startNow();
    const thrown = new Promise<Error>((resolve) => process.prependOnceListener('uncaughtException', resolve));
    const others = process.listeners('uncaughtException').slice(1) as ((error: Error) => void)[];
    for (const other of others) process.off('uncaughtException', other);
    clock.at(clock.now() + 1, () => {
      throw new Error('on purpose');
    });
    const next = new Promise<void>((resolve) => clock.at(clock.now() + 1, () => resolve()));
    expect((await thrown).message).toBe('on purpose');
    for (const other of others) process.on('uncaughtException', other);
    await next;
  });

  test('does not move a timer when the wall clock steps', async () => {
    clock = SystemClock.notStarted();
    const hour = 3_600_000;
    const stepped = vi.spyOn(Date, 'now').mockImplementation(() => steadyUnixMs() - 30 * hour);
    const late = SystemClock.notStarted();
    const startUnixMs = steadyUnixMs();
    for (const started of [clock, late]) started.startAt(startUnixMs);
    const begunMs = performance.now();
    await Promise.all([clock, late].map((each) => new Promise<void>((resolve) => each.at(20, () => resolve()))));
    expect(performance.now() - begunMs).toBeLessThan(1000);
    late.close();
    stepped.mockRestore();
  });

  test('counts from the start it is given, negative before it', () => {
    clock = new SystemClock({ startUnixMs: Date.now() + 60_000 });
    expect(clock.now()).toBeLessThan(-59_000);
    expect(clock.now()).toBeGreaterThan(-61_000);
  });
});
