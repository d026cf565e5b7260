import { describe, expect, test } from 'vitest';
import { Residual } from '../../../router/endpoint/residual.ts';

const NEVER = Number.POSITIVE_INFINITY;
const learnt = (): Residual => new Residual(1, { tauMs: 1000, baselineTauMs: 10_000 });

describe('what predictions miss', () => {
  test('is nothing before a sample', () => {
    expect(learnt().at(0, 5000, NEVER)).toBe(0);
  });

  test('is the first sample at once, whatever its sign', () => {
    const residual = learnt();
    residual.sample(0, -12, 0, NEVER);
    expect(residual.at(0, 0, NEVER)).toBe(-12);
  });

  test('moves by 1 - 1/e to a new error in one tau, and the baseline by 1 - e^-0.1', () => {
    const residual = learnt();
    residual.sample(0, 0, 0, NEVER);
    residual.sample(0, 100, 1000, NEVER);
    expect(residual.recentMs(0)).toBeCloseTo(63.2120559, 6);
    expect(residual.baselineMs(0)).toBeCloseTo(9.5162582, 6);
  });

  test('falls back to the baseline at a hand-over, and believes the first sample of the new slot', () => {
    const residual = learnt();
    residual.sample(0, 0, 0, NEVER);
    residual.sample(0, 100, 1000, NEVER);
    const afterMs = residual.at(0, 1200, 1100);
    expect(afterMs).toBeCloseTo(9.5162582 * Math.exp(-0.02), 6);
    residual.sample(0, 40, 1200, 1100);
    expect(residual.at(0, 1200, NEVER)).toBeCloseTo(40, 9);
  });

  test('rises to a failure at once, and decays', () => {
    const residual = learnt();
    residual.sample(0, 10, 0, NEVER);
    residual.fail(0, { errorMs: 5000, nowMs: 1, handoverAtMs: NEVER, ofPath: false });
    expect(residual.at(0, 1, NEVER)).toBe(5000);
    expect(residual.at(0, 10_001, NEVER)).toBeLessThan(10);
  });

  test('keeps a failure of the node over a hand-over, which is the business of the path alone', () => {
    const afterHandover = (ofPath: boolean): number => {
      const residual = learnt();
      residual.sample(0, 10, 0, NEVER);
      residual.fail(0, { errorMs: 5000, nowMs: 1000, handoverAtMs: NEVER, ofPath });
      return residual.at(0, 1100, 1050);
    };
    expect(afterHandover(true)).toBeLessThan(10);
    expect(afterHandover(false)).toBeGreaterThan(4000);
  });

  test('takes a sample after a failure of the node as one of many, also in the next slot', () => {
    const residual = learnt();
    residual.sample(0, 10, 0, NEVER);
    residual.fail(0, { errorMs: 5000, nowMs: 1000, handoverAtMs: NEVER, ofPath: false });
    residual.sample(0, 20, 1100, 1050);
    expect(residual.at(0, 1100, NEVER)).toBeGreaterThan(4000);
    expect(residual.at(0, 1200, 1150)).toBeLessThan(30); // and with that sample the next hand-over counts again
  });

  test('decays without new samples, so that a bad endpoint is tried again', () => {
    const residual = learnt();
    residual.sample(0, 80, 0, NEVER);
    expect(residual.at(0, 100_000, NEVER)).toBeLessThan(0.01);
  });
});
