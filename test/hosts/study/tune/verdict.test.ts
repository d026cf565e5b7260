import { describe, expect, test } from 'vitest';
import { judgedHeldOut, tuneVerdict } from '../../../../hosts/study/tune/verdict.ts';
import { metricNamed } from '../../../../report/metric.ts';

const seeds = Array.from({ length: 10 }, (_, index) => index);
const standingFor = (metric: string, deltas: readonly (number | null)[]) => {
  const usual = seeds.map((seed) => 100 + 50 * seed); // seeds differ by far more than the values do
  const tuned = usual.map((value, index) => (deltas[index] === null ? null : value + deltas[index]!));
  return judgedHeldOut(metricNamed(metric, ''), { file: 'f.yaml', seeds, usual, tuned });
};
const better = standingFor(
  'ttft.p99',
  seeds.map((seed) => -3 - (seed % 3)),
);
const worse = standingFor(
  'ttft.p99',
  seeds.map((seed) => 3 + (seed % 3)),
);
const same = standingFor(
  'ttft.p99',
  seeds.map((seed) => (seed % 2 === 0 ? 4 : -4)),
);

describe('the judgement', () => {
  test('is seed by seed: a small gain shows beside seeds that differ much', () => {
    expect(better).toMatchObject({ standing: 'better', difference: { mean: -3.9, verdict: 'lower' } });
    expect([worse.standing, same.standing]).toEqual(['worse', 'none-shown']);
  });

  test('knows that more is better of a share', () => {
    expect(
      standingFor(
        'attained',
        seeds.map((seed) => 0.1 + seed / 100),
      ).standing,
    ).toBe('better');
  });

  test('says nothing of an objective that is not known under a seed', () => {
    const half = standingFor(
      'ttft.p99',
      seeds.map((seed) => (seed === 4 ? null : -50)),
    );
    expect(half).toMatchObject({ standing: 'not-known', tunedMean: null });
    expect(tuneVerdict([half])).toBe('overfit');
  });

  test('is lost on the held-out seeds of the scenario itself, and taken back by another scenario that gets worse', () => {
    expect(tuneVerdict([])).toBe('nothing-found');
    expect(tuneVerdict([same, better])).toBe('overfit');
    expect(tuneVerdict([worse])).toBe('overfit');
    expect(tuneVerdict([better, same])).toBe('tuned');
    expect(tuneVerdict([better, same, worse])).toBe('worse-elsewhere');
  });
});
