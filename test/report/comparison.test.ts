import { describe, expect, test } from 'vitest';
import { boundsExceeded, comparisonFaults, type NamedSummary, policyComparisons } from '../../report/comparison.ts';
import { comparisonText } from '../../report/comparison-text.ts';
import { parseBounds } from '../../report/metric-bound.ts';
import { mergedSummary, summarise } from '../../report/summary.ts';
import { ended, requestEvents, runEvent } from './logged-run.ts';

interface Made {
  readonly name?: string;
  readonly variant?: string;
  readonly seeds?: number;
  readonly ttftMs?: (seed: number) => number;
  readonly hash?: (seed: number) => string;
  readonly outcome?: 'answered' | 'failed';
}

/** A result of one request under each seed, simulated. */
const resultOf = ({ name = 'r', variant = 'p', seeds = 10, outcome = 'answered', ...of }: Made = {}): NamedSummary => {
  const { ttftMs = () => 100, hash = (seed) => `hash${seed}` } = of;
  const summaries = Array.from({ length: seeds }, (_, seed) => {
    const run = runEvent({ requests: 1, host: 'simulate', hash: hash(seed) });
    const events = requestEvents(0, 2000, { ttftMs: ttftMs(seed), outcome });
    const kept = outcome === 'answered' ? events : events.filter(({ kind }) => kind !== 'first-token');
    return summarise([{ ...run, key: { ...run.key, variant, seed } }, ...kept, ended()], { machine: 'm' });
  });
  return { name, summary: mergedSummary(summaries, { runs: seeds, repetitions: seeds }) };
};

const exceeded = (before: NamedSummary, after: NamedSummary, bounds: string) =>
  boundsExceeded(policyComparisons(before, after), parseBounds(bounds, { place: '-' }).bounds);

describe('two results', () => {
  test('are compared seed by seed, the second minus the first', () => {
    const before = resultOf({ ttftMs: (seed) => 100 + 10 * seed });
    const after = resultOf({ ttftMs: (seed) => 120 + 10 * seed + (seed % 2) });
    const comparisons = policyComparisons(before, after);
    expect(comparisons.map(({ variant, against, seeds }) => [variant, against, seeds.length])).toEqual([
      ['p', 'p', 10],
    ]);
    expect(comparisons[0]!.means['ttft.p50']).toEqual([145, 165.5]);
    expect(comparisons[0]!.metrics['ttft.p50']).toMatchObject({ mean: 20.5, verdict: 'higher' });
    expect(comparisonFaults(before, after)).toEqual([]);
    expect(comparisonText(comparisons, { before: 'before', after: 'after', more: ['queue.p50'] }).join('\n')).toMatch(
      /^p, 10 seeds\nmetric +before +after +change +difference\n.*\nttft\.p50 +145 ms +166 ms +\+14\.1 % +p50 TTFT 20\.5 ms higher, 95 % CI 20\.1 to 20\.9\n(.*\n)*queue\.p50 /,
    );
  });

  test('of one policy each are those two, of several those of the same name', () => {
    const [a, b] = [resultOf({ variant: 'a' }), resultOf({ variant: 'b' })];
    const both = { name: 'both', summary: { ...a.summary, runs: [...a.summary.runs, ...b.summary.runs] } };
    const named = (before: NamedSummary, after: NamedSummary) =>
      policyComparisons(before, after).map(({ variant, against }) => `${variant} against ${against}`);
    expect(named(a, b)).toEqual(['b against a']);
    expect(named(both, b)).toEqual(['b against b']);
    expect(named(both, both)).toEqual(['a against a', 'b against b']);
    const other = resultOf({ variant: 'c' });
    expect(() => policyComparisons(both, other)).toThrow(
      'both and r have no policy in common, expected one that both ran',
    );
  });

  test('of regret against other bounds are not alike, and a bound cannot have more regret', () => {
    const withRegret = (bound: string, mean: number): NamedSummary => {
      const { summary } = resultOf();
      for (const { figures } of summary.runs)
        figures.regret = { [bound]: { ...figures.ttftMs, mean, meanCi95: null, unpaired: 0, soonerShare: 0 } };
      const { summary: ofBound } = resultOf({ variant: 'best' });
      for (const { key } of ofBound.runs) key.policy = 'floor';
      return { name: bound, summary: { ...summary, runs: [...summary.runs, ...ofBound.runs] } };
    };
    const before = withRegret('floor', 10);
    expect(comparisonFaults(before, withRegret('clairvoyant', 10))).toEqual([
      'other bounds: regret is against floor and clairvoyant',
    ]);
    expect(comparisonFaults(before, resultOf())).toEqual([]);
    const after = withRegret('floor', 12);
    expect(comparisonFaults(before, after)).toEqual([]);
    expect(exceeded(before, after, 'regret.mean:5%')).toEqual(['p: regret.mean is worse by more than regret.mean:5%']);
    expect(exceeded(before, after, 'regret.mean:50%')).toEqual([]);
    expect(exceeded(before, after, 'e2e.p50:50%')).toEqual([]);
  });

  test('of other scenarios, other hosts, no common seed or without validity are refused by name', () => {
    const before = resultOf();
    expect(comparisonFaults(before, resultOf({ hash: () => 'another0123456789' }))).toEqual([
      'other scenarios or schedules under seed 0: hash hash0 and another01234',
    ]);
    const live = resultOf();
    const other: NamedSummary = {
      name: 'live',
      summary: { ...live.summary, host: 'local', valid: false, invalidBecause: ['p: 3 requests were dropped'] },
    };
    expect(comparisonFaults(before, other)).toEqual([
      'other hosts: simulate and local',
      'live is not valid: p: 3 requests were dropped',
    ]);
    const shifted = structuredClone(before.summary);
    for (const { key } of shifted.runs) key.seed += 100;
    expect(() => policyComparisons(before, { name: 's', summary: shifted })).toThrow(
      'no whole run of p under the same seed',
    );
  });
});

describe('a bound', () => {
  const before = resultOf({ ttftMs: () => 100 });
  const slower = (more: (seed: number) => number, seeds = 10) =>
    resultOf({ seeds, ttftMs: (seed) => 100 + more(seed) });

  test('is exceeded by what is worse by more, and not by what is better', () => {
    const worse = slower((seed) => 20 + (seed % 2));
    expect(exceeded(before, worse, 'ttft.p99:25%')).toEqual([]);
    expect(exceeded(before, worse, 'ttft.p99:5%')).toEqual(['p: ttft.p99 is worse by more than ttft.p99:5%']);
    expect(exceeded(before, worse, 'ttft.p99:20ms')).toHaveLength(1);
    expect(exceeded(worse, before, 'ttft.p99:5%')).toEqual([]);
  });

  test('of goodput is exceeded downwards', () => {
    const failing = slower(() => 900); // over the objective
    expect(exceeded(before, failing, 'goodput:5%')).toEqual(['p: goodput is worse by more than goodput:5%']);
    expect(exceeded(failing, before, 'goodput:5%')).toEqual([]);
  });

  test('is not exceeded by chance: with ten seeds a difference must be shown', () => {
    const scattered = (seed: number): number => (seed % 2 === 0 ? 60 : -40); // 10 in the mean
    expect(exceeded(before, slower(scattered), 'ttft.p99:5%')).toEqual([]);
    expect(
      exceeded(
        before,
        slower((seed) => scattered(seed) + 10, 9),
        'ttft.p99:5%',
      ),
    ).toHaveLength(1);
  });

  test('fails what is not known', () => {
    const failed = resultOf({ outcome: 'failed' });
    expect(exceeded(before, failed, 'ttft.p99:5%')).toEqual(['p: ttft.p99 is not known in every run (ttft.p99:5%)']);
  });
});
