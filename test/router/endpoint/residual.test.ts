import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Residual } from '../../../router/endpoint/residual.ts';

/** With hand-overs at those instants. */
const learnt = (...handoversAtMs: readonly number[]): Residual =>
  new Residual(
    1,
    { tauMs: 1000, baselineTauMs: 10_000 },
    (_, afterMs) => handoversAtMs.find((atMs) => atMs > afterMs) ?? Number.POSITIVE_INFINITY,
  );

/** The same after a hundred samples without an error at the start. */
const practised = (...handoversAtMs: readonly number[]): Residual => {
  const residual = learnt(...handoversAtMs);
  for (let count = 0; count < 100; count++) residual.sample(0, 0, 0);
  return residual;
};

describe('what predictions miss', () => {
  test('is nothing before a sample', () => {
    expect(learnt().at(0, 5000)).toBe(0);
  });

  test('is the first sample at once, whatever its sign', () => {
    const residual = learnt();
    residual.sample(0, -12, 0);
    expect(residual.at(0, 0)).toBe(-12);
  });

  test('moves by 1 - 1/e to a new error in one tau, and the baseline by 1 - e^-0.1', () => {
    const residual = practised();
    residual.sample(0, 100, 1000);
    expect(residual.recentMs(0)).toBeCloseTo(63.2120559, 6);
    expect(residual.baselineMs(0)).toBeCloseTo(9.5162582, 6);
  });

  test('has the mean of its first samples as its baseline: a first one that was far off is soon outvoted', () => {
    const residual = learnt();
    residual.sample(0, -300, 0);
    for (let atMs = 10; atMs <= 290; atMs += 10) residual.sample(0, 30, atMs);
    expect(residual.baselineMs(0)).toBeGreaterThan(17);
    expect(residual.baselineMs(0)).toBeLessThan(20); // (29 * 30 - 300) / 30
  });

  test('falls back to the baseline at a hand-over, and believes the first sample of the new slot', () => {
    const residual = practised(1100);
    residual.sample(0, 100, 1000);
    const afterMs = residual.at(0, 1200);
    expect(afterMs).toBeCloseTo(9.5162582 * Math.exp(-0.02), 6);
    residual.sample(0, 40, 1200);
    expect(residual.at(0, 1200)).toBeCloseTo(40, 9);
  });

  test('rises to a failure at once, and decays', () => {
    const residual = learnt();
    residual.sample(0, 10, 0);
    residual.fail(0, { errorMs: 5000, nowMs: 1, ofPath: false });
    expect(residual.at(0, 1)).toBe(5000);
    expect(residual.at(0, 10_001)).toBeLessThan(10);
  });

  test('keeps a failure of the node over a hand-over, which is the business of the path alone', () => {
    const afterHandover = (ofPath: boolean): number => {
      const residual = learnt(1050);
      residual.sample(0, 10, 0);
      residual.fail(0, { errorMs: 5000, nowMs: 1000, ofPath });
      return residual.at(0, 1100);
    };
    expect(afterHandover(true)).toBeLessThan(10);
    expect(afterHandover(false)).toBeGreaterThan(4000);
  });

  test('takes a sample after a failure of the node as one of many, also in the next slot', () => {
    const residual = learnt(1050, 1150);
    residual.sample(0, 10, 0);
    residual.fail(0, { errorMs: 5000, nowMs: 1000, ofPath: false });
    residual.sample(0, 20, 1100);
    expect(residual.at(0, 1100)).toBeGreaterThan(4000);
    expect(residual.at(0, 1200)).toBeLessThan(30); // and with that sample the next hand-over counts again
  });

  test('decays without new samples, so that a bad endpoint is tried again', () => {
    const residual = learnt();
    residual.sample(0, 80, 0);
    expect(residual.at(0, 100_000)).toBeLessThan(0.01);
  });

  test('added to the predictions of a list is what it is for each alone, whatever was sampled, failed and handed over', () => {
    const steps = fc.array(
      fc.record({
        endpoint: fc.nat(3),
        errorMs: fc.integer({ min: -300, max: 900 }),
        stepMs: fc.constantFrom(0, 2, 700),
        kind: fc.constantFrom('sample', 'path', 'node', 'none'),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(steps, (drawn) => {
        const residual = new Residual(
          4,
          { tauMs: 1000, baselineTauMs: 10_000 },
          (_, afterMs) => (Math.floor(afterMs / 900) + 1) * 900,
        );
        const list = Uint32Array.of(3, 1, 0);
        const [predictedMs, into] = [Float64Array.of(50, 60, 70), new Float64Array(3)];
        let nowMs = 0;
        for (const { endpoint, errorMs, stepMs, kind } of drawn) {
          nowMs += stepMs;
          if (kind === 'sample') residual.sample(endpoint, errorMs, nowMs);
          if (kind === 'path' || kind === 'node') residual.fail(endpoint, { errorMs, nowMs, ofPath: kind === 'path' });
          for (const askedMs of [nowMs, nowMs + 1, Math.max(0, nowMs - 400)]) {
            residual.addTo(predictedMs, list, 3, askedMs, into);
            const alone = Array.from(list, (each, place) => predictedMs[place]! + residual.at(each, askedMs));
            expect([...into]).toEqual(alone);
          }
        }
      }),
    );
  });
});
