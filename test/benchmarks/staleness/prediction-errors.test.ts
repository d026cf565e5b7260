import { describe, expect, test } from 'vitest';
import { stalenessPlan, stalenessRun, sustainedPerS } from '../../../benchmarks/staleness/io/staleness-run.ts';
import { PredictionErrors } from '../../../benchmarks/staleness/prediction-errors.ts';
import {
  AGES_MS,
  STALE_POLICIES,
  stalenessScenario,
  UTILISATIONS,
} from '../../../benchmarks/staleness/staleness-case.ts';
import { failureText, stalenessTables } from '../../../benchmarks/staleness/staleness-page.ts';
import { meanFigures, StalenessPoints } from '../../../benchmarks/staleness/staleness-point.ts';
import { stalenessSvg } from '../../../benchmarks/staleness/staleness-svg.ts';
import { isPolicyName } from '../../../router/pick/registry.ts';

/** Tells of a request that is intended at `atMs`, takes 10 ms to the router and back each, and as long as given from there. */
const tell = (
  errors: PredictionErrors,
  of: { readonly request: number; readonly atMs: number; readonly expectedMs?: number; readonly tookMs: number | null },
): void => {
  const { request, atMs, expectedMs, tookMs } = of;
  const sent = { client: 'c', intendedAtMs: atMs, promptTokens: 1, outputTokens: 1 };
  errors.add({ kind: 'sent', atMs, request, ...sent });
  errors.add({
    ...{ kind: 'routed', atMs: atMs + 10, request, attempt: 1, endpoint: 'a/fibre' },
    ...(expectedMs === undefined ? {} : { expectedMs }),
  });
  if (tookMs !== null) errors.add({ kind: 'first-token', atMs: atMs + 10 + tookMs + 10, request });
};

describe('the errors of predictions', () => {
  test('are from the choice to the first token at the router, by size and with their sign', () => {
    const errors = new PredictionErrors(0);
    for (const [request, expectedMs] of [80, 90, 100, 130].entries())
      tell(errors, { request, atMs: request * 1000, expectedMs, tookMs: 100 });
    expect(errors.figures()).toMatchObject({ errorP50Ms: 15, biasMs: -5, ttftP99Ms: 120 });
  });

  test('have a skill of 1 where predictions are right, and of 0 where they say the median each time', () => {
    const took = [50, 100, 150, 400];
    const figuresOf = (expectedMs: (tookMs: number) => number) => {
      const errors = new PredictionErrors(0);
      for (const [request, tookMs] of took.entries())
        tell(errors, { request, atMs: request * 1000, expectedMs: expectedMs(tookMs), tookMs });
      return errors.figures();
    };
    expect(figuresOf((tookMs) => tookMs).skill).toBe(1);
    expect(figuresOf(() => 125).skill).toBeCloseTo(0, 9);
    expect(figuresOf((tookMs) => 500 - tookMs).skill).toBeLessThan(0);
  });

  test('leave out the warm-up, and count a request without a first token as endless', () => {
    const errors = new PredictionErrors(1000);
    tell(errors, { request: 0, atMs: 0, expectedMs: 5, tookMs: 100 });
    tell(errors, { request: 1, atMs: 2000, expectedMs: 100, tookMs: 100 });
    tell(errors, { request: 2, atMs: 2000, expectedMs: 100, tookMs: null });
    expect(errors.figures()).toMatchObject({ errorP50Ms: 0, ttftP99Ms: Number.POSITIVE_INFINITY });
  });

  test('are not known of a policy that predicts nothing', () => {
    const errors = new PredictionErrors(0);
    tell(errors, { request: 0, atMs: 0, tookMs: 100 });
    expect(errors.figures().errorP50Ms).toBeNaN();
  });
});

describe('the experiment', () => {
  test('is a scenario of policies that there are, with reports as old as wanted', () => {
    expect(STALE_POLICIES.filter((name) => !isPolicyName(name))).toEqual([]);
    const plan = stalenessPlan(stalenessScenario({ ratePerS: 20, ageMs: 1000, durationS: 30 }), 1);
    expect(plan.scenario.router.signals).toEqual({ inBand: false, outOfBand: { everyMs: 100 }, delayMs: 1000 });
    expect(sustainedPerS(plan)).toBeGreaterThan(30);
    const { errorP50Ms, ttftP99Ms } = stalenessRun(plan, 'ephemeris');
    expect(errorP50Ms).toBeGreaterThan(0);
    expect(Number.isFinite(ttftP99Ms)).toBe(true);
  });

  test('has tables and pictures with all of its points, and says where predictions fail', () => {
    const figures = { errorP50Ms: 10, errorP90Ms: 40, biasMs: -3, ttftP99Ms: 300 };
    const points = UTILISATIONS.flatMap((utilisation) =>
      AGES_MS.map((ageMs) => ({
        ...{ policy: 'gorgo', utilisation, ageMs },
        figures: meanFigures([{ ...figures, skill: utilisation > 0.5 && ageMs >= 5000 ? -0.5 : 0.5 }]),
      })),
    );
    const all = new StalenessPoints(points);
    const grid = { utilisations: UTILISATIONS, agesMs: AGES_MS };
    expect(failureText('gorgo', all, grid)).toContain('at 0.3 at no age here; at 0.6 from 5 s on');
    expect(
      stalenessTables('gorgo', all, { ...grid, predicts: true }).filter((line) => line.startsWith('| 0.95')).length,
    ).toBe(5);
    const svg = stalenessSvg({ title: 'Errors', of: ({ errorP90Ms }) => errorP90Ms }, ['gorgo'], all, grid);
    expect(svg).not.toContain('NaN');
    expect(svg.match(/<circle/g)?.length).toBe(UTILISATIONS.length * AGES_MS.length);
  });
});
