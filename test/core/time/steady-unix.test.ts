import { afterEach, expect, test, vi } from 'vitest';
import { steadyOf, steadyUnixMs, wallStepMs } from '../../../core/time/io/steady-unix.ts';

afterEach(() => vi.restoreAllMocks());

test('is the wall clock, until that is set', () => {
  expect(Math.abs(steadyUnixMs() - Date.now())).toBeLessThan(60_000); // this process may have seen a step of its own
  const before = steadyUnixMs();
  vi.spyOn(Date, 'now').mockReturnValue(0);
  expect(steadyUnixMs() - before).toBeGreaterThanOrEqual(0);
  expect(steadyUnixMs() - before).toBeLessThan(1000);
});

test.each([-3_600_000, 0, 250, 86_400_000])(
  'an instant that another process names is as far off after the wall clock was set by %d ms',
  (stepMs) => {
    const wall = vi.spyOn(Date, 'now').mockImplementation(() => steadyUnixMs() + stepMs);
    const inAMomentMs = steadyOf(Date.now() + 200) - steadyUnixMs();
    expect(Math.abs(inAMomentMs - 200)).toBeLessThan(100); // less than any of these steps, and more than a busy machine takes between two lines
    expect(wall).toHaveBeenCalled();
  },
);

test('a process that sleeps between two readings sees no step of the wall clock', () => {
  let nowMs = 1000;
  let readings = 0;
  const steady = (): number => {
    readings++;
    nowMs += readings <= 2 ? 40 : 0.01; // it was away around the first readings
    return nowMs;
  };
  expect(Math.abs(wallStepMs(() => nowMs + 7, steady) - 7)).toBeLessThan(0.1);
  expect(readings).toBeLessThan(10);
});
