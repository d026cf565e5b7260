import { describe, expect, test } from 'vitest';
import { deriveExperts } from '../../../benchmarks/operators/derive.ts';
import { expertRows, operatorProfiles, sharedExperts } from '../../../benchmarks/operators/io/operator-profiles.ts';
import { leastSquares } from '../../../benchmarks/operators/least-squares.ts';
import { profileOf } from '../../../services/node/engine/profiles.ts';

const rounded = (numbers: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [
      name,
      typeof value === 'number' ? Number(value.toPrecision(3)) : value === null ? null : rounded(value),
    ]),
  );

describe('the profiles from operator tables', () => {
  test.each(operatorProfiles())(
    '$id has the coefficients that follow from its tables, to three digits',
    ({ id, step }) => {
      expect(profileOf(id).step).toMatchObject(rounded(step));
    },
  );

  test.each(operatorProfiles())('$id follows its tables within 8 % on average, operator by operator', ({ errors }) => {
    for (const [operator, share] of Object.entries(errors)) expect(share, operator).toBeLessThan(0.08);
  });
});

test('experts of one device, halved, take what was measured on one of two devices, within 4 %', () => {
  const layers = 48;
  const { experts } = operatorProfiles().find(({ id }) => id === 'rtxpro6000-qwen3-30b-a3b-dp2')!.step;
  const launchUs = (deriveExperts(layers, expertRows()).baseMs / layers) * 1e3;
  for (const { tokens, activated_experts: active, time_us: measuredUs } of sharedExperts()) {
    const blockUs = launchUs + (active! * experts!.readMs * 1e3 + tokens! * experts!.tokenUs) / layers;
    expect(Math.abs(blockUs / measuredUs! - 1), `${tokens} tokens, ${active} experts`).toBeLessThan(0.04);
  }
});

test('least squares finds the line through points, however large they are, and leaves out what is known', () => {
  const line = [1, 2, 50, 1000].map((x) => ({ terms: [1, x], value: 3 + 0.5 * x + 7, known: 7 }));
  const [base, slope] = leastSquares(line) as [number, number];
  expect(base).toBeCloseTo(3, 9);
  expect(slope).toBeCloseTo(0.5, 9);
});
