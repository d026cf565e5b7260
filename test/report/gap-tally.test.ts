import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { Histogram } from '../../core/stats/histogram.ts';
import { GapTally } from '../../report/gap-tally.ts';
import { metricNamed } from '../../report/metric.ts';
import { summarise } from '../../report/summary.ts';
import type { RunFigures } from '../../report/summary-schema.ts';
import { ended, type RequestLogged, requestEvents, runEvent } from './logged-run.ts';

const gapsEvent = (gapsMs: readonly number[], part = 'load'): Extract<Event, { kind: 'gaps' }> => {
  const all = new Histogram();
  for (const gapMs of gapsMs) all.record(gapMs * 1000);
  return { kind: 'gaps', atMs: 11_000, part, buckets: all.buckets, maxUs: all.maxUs };
};

const figuresOf = (requests: readonly RequestLogged[], events: readonly Event[]): RunFigures =>
  summarise(
    [
      runEvent({ slo: { ttftMs: 100, tpotMs: 20, stallMs: 500 } }),
      ...requests.flatMap((of, id) => requestEvents(id, 2000, of)),
      ...events,
      ended(),
    ],
    { machine: 'm' },
  ).runs[0]!.figures;

describe('the gaps between messages', () => {
  test('of all processes together are within a part in 1024 of those of all gaps', () => {
    const gaps = fc.array(fc.double({ min: 0.01, max: 5000, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(gaps, gaps, (one, other) => {
        const tally = new GapTally();
        tally.add(gapsEvent(one));
        const second = new GapTally();
        second.add(gapsEvent(other));
        tally.merge(second);
        const found = tally.distribution()!;
        const all = [...one, ...other].sort((a, b) => a - b);
        expect(found.n).toBe(all.length);
        const middle = all[Math.ceil(all.length / 2) - 1]!;
        expect(Math.abs(found.p50! - middle)).toBeLessThan(middle / 1000 + 0.001);
        const mean = all.reduce((sum, gap) => sum + gap, 0) / all.length;
        expect(Math.abs(found.mean! - mean)).toBeLessThan(mean / 1000 + 0.001);
        expect(found.max!).toBeCloseTo(all.at(-1)!, 3);
      }),
    );
  });

  test('are metrics, as is the share of answers with a stall: those that were not answered do not count', () => {
    const gaps = (stalls: number) => ({ gaps: { n: 10, maxMs: 900, stalls, overMs: 400 * stalls } });
    const figures = figuresOf(
      [gaps(0), gaps(1), gaps(3), { tokens: 1 }, { ...gaps(1), outcome: 'failed' }],
      [gapsEvent([10, 10, 10, 900])],
    );
    expect(metricNamed('itl.p50', '-').of(figures)).toBeCloseTo(10, 1);
    expect(metricNamed('itl.max', '-').of(figures)).toBeCloseTo(900, 1);
    expect(metricNamed('stalls', '-').of(figures)).toBe(0.5);
    expect(figures.by.region!.c!.stalled).toBe(0.5);
  });

  test('are null, not 0, where nobody logged them', () => {
    const figures = figuresOf([{}], []);
    expect([figures.itlMs, figures.stalled, figures.by.region!.c!.stalled]).toEqual([null, null, null]);
    expect(metricNamed('itl.p99', '-').of(figures)).toBeNull();
  });

  test('that cannot be added up make the run invalid and nothing else', () => {
    const spoilt: Event = { kind: 'gaps', atMs: 1, part: 'load', buckets: [1e9, 1], maxUs: 5 };
    const { runs } = summarise([runEvent({ requests: 1 }), ...requestEvents(0, 2000), spoilt, ended()], {
      machine: 'm',
    });
    expect(runs[0]!.invalidBecause.join()).toMatch(/load logged gaps that cannot be added up: .* bucket 1000000000/);
  });
});
