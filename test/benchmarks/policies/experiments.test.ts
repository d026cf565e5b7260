import { describe, expect, test } from 'vitest';
import { meanPoint, Points } from '../../../benchmarks/policies/experiment.ts';
import { experimentSvg } from '../../../benchmarks/policies/experiment-svg.ts';
import { EXPERIMENTS } from '../../../benchmarks/policies/experiments/registry.ts';
import { pointPlan, simulatedPoint } from '../../../benchmarks/policies/io/simulated-point.ts';
import { isPolicyName } from '../../../router/pick/registry.ts';

describe.each(EXPERIMENTS)('the experiment $name', ({ policies, varied, scenario, claims, ...rest }) => {
  const experiment = { policies, varied, scenario, claims, ...rest };

  test('is a scenario at each of its values, of policies that there are', () => {
    expect(policies.filter((name) => !isPolicyName(name))).toEqual([]);
    for (const x of varied.values) expect(pointPlan(scenario(x), 1).schedule.length).toBeGreaterThan(50);
  });

  test('has claims that its points can break', () => {
    const equal = policies.flatMap((policy) =>
      varied.values.map((x) => ({ policy, x, p50Ms: 100, p99Ms: 200, failedShare: 0.1, shareOf: { 'node-1': 0.3 } })),
    );
    const points = new Points(equal);
    expect(claims.length).toBeGreaterThan(0);
    expect(claims.every(({ holds }) => holds(points))).toBe(false);
    const svg = experimentSvg(experiment, points);
    for (const policy of policies) expect(svg).toContain(`>${policy}<`);
    expect(svg).not.toContain('NaN');
  });
});

test('a point says what happened: where requests went, and how many failed', () => {
  const sinkhole = EXPERIMENTS.find(({ name }) => name === 'sinkhole')!;
  const plan = pointPlan({ ...sinkhole.scenario(1), durationS: 12, warmUpS: 6, drainS: 5 }, 3);
  const { failedShare, shareOf } = simulatedPoint(plan, 'round-robin', 1);
  expect(Math.abs(failedShare - 1 / 6)).toBeLessThan(0.03);
  expect(Object.keys(shareOf).length).toBe(6);
});

test('points of several seeds are averaged', () => {
  const point = { policy: 'random', x: 1, p50Ms: 10, p99Ms: 20, failedShare: 0, shareOf: { a: 1 } };
  expect(meanPoint([point, { ...point, p50Ms: 30, failedShare: 0.5, shareOf: { b: 1 } }])).toEqual({
    policy: 'random',
    x: 1,
    p50Ms: 20,
    p99Ms: 20,
    failedShare: 0.25,
    shareOf: { a: 0.5, b: 0.5 },
  });
});
