import { expect, test } from 'vitest';
import { CASES, shortened } from '../../../benchmarks/simulate/simulate-case.ts';
import { type MeasuredCase, ratioOf, simulationSpeed } from '../../../benchmarks/simulate/speed.ts';

const measured = (wholeCpuS: number, shortCpuS = 1): MeasuredCase => ({
  whole: { cpuS: wholeCpuS, gcS: wholeCpuS / 10, allocatedBytes: 5e6, peakBytes: 2 ** 20, done: 1000 },
  short: { cpuS: shortCpuS, gcS: 0.1, allocatedBytes: 5e5, peakBytes: 2 ** 19, done: 100 },
});

test('the start is apart: only what the longer simulation took and did more counts', () => {
  const speed = simulationSpeed([measured(4), measured(6)]);
  expect(speed.perCpuS).toBe(200);
  expect(speed.startedPerCpuS).toBe(900 / 4);
  expect(speed.bytesEach).toBe(4.5e6 / 900);
  expect(speed.gcShare).toBeCloseTo(0.1);
  expect([speed.shortPeakBytes, speed.peakBytes]).toEqual([2 ** 19, 2 ** 20]);
});

test('a ratio is of rounds, has an interval from two on, and its inverse is that of the swapped pair', () => {
  const here = [measured(2), measured(2), measured(3), measured(3)];
  const there = [measured(4), measured(4), measured(9), measured(9)];
  const ratio = ratioOf(here, there);
  expect(ratio.times).toBeCloseTo(Math.sqrt(2 * 3));
  const swapped = ratioOf(there, here);
  expect(swapped.times).toBeCloseTo(1 / ratio.times);
  expect(swapped.ci95![0]).toBeCloseTo(1 / ratio.ci95![1]);
  expect(ratioOf(here.slice(0, 2), there.slice(0, 2))).toEqual({ times: 2, ci95: null });
});

test('each case is longer than its start', () => {
  for (const of of CASES) expect(shortened(of).durationS).toBeLessThanOrEqual(of.durationS / 2);
});
