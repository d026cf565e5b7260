import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metricNamed } from '../../../report/metric.ts';
import { type FirstTokens, firstTokensOf } from '../../../report/regret/first-tokens.ts';
import { regretAgainst, withRegret } from '../../../report/regret/regret.ts';
import { regretTable } from '../../../report/regret/regret-table.ts';
import { RunTally } from '../../../report/run-tally.ts';
import { summaryOfTally } from '../../../report/summary.ts';
import { ended, requestEvents, runEvent, silentRequest } from '../logged-run.ts';

const LOST = Number.POSITIVE_INFINITY;

const tallyOf = (policy: string, ttfts: readonly number[], seed = 1): RunTally => {
  const tally = new RunTally(
    runEvent({
      host: 'simulate',
      requests: ttfts.length,
      key: { variant: policy, policy, params: {}, seed, repetition: 1, overrides: {} },
    }),
  );
  for (const [id, ttftMs] of ttfts.entries()) {
    const events = ttftMs === LOST ? silentRequest(id, 2000, 'failed') : requestEvents(id, 2000, { ttftMs });
    for (const event of events) tally.add(event);
  }
  tally.add(ended());
  return tally;
};

const summaryOf = (tally: RunTally) => summaryOfTally(tally, 'm', { lost: 0, torn: 0 });

const columns = (ttfts: readonly number[]): FirstTokens => ({
  ...{ variant: 'p', policy: 'p', seed: 1, wholeSlots: 40, followAnswers: false },
  ttftMs: Float64Array.from(ttfts),
  slots: Uint32Array.from(ttfts, (_, row) => row % 40),
});

describe('regret', () => {
  test('is none where requests follow answers, and so come at other times under each policy', () => {
    const tallies = [tallyOf('peak-ewma', [100, 50, 70]), tallyOf('floor', [40, 50, 60])];
    for (const tally of tallies) tally.add({ kind: 'followed', atMs: 60_000, part: 'clients', requests: 1 });
    const { runs, ...summary } = summaryOf(tallies[0]!);
    const both = { ...summary, runs: [...runs, ...summaryOf(tallies[1]!).runs] };
    const [judged, bound] = withRegret(both, tallies.map(firstTokensOf)).runs;
    expect(judged!.figures.regret).toEqual({});
    expect(bound!.notes).toContain(
      'requests follow answers, so they come at other times under each policy: there is no regret, and a policy may be below this bound',
    );
  });

  test('is the difference of each request to itself, not that of two percentiles', () => {
    const [policy, bound] = [tallyOf('peak-ewma', [100, 50, 70]), tallyOf('oracle', [40, 50, 60])];
    const tokens = [firstTokensOf(policy), firstTokensOf(bound)];
    const { regret } = withRegret(summaryOf(policy), tokens).runs[0]!.figures;
    expect(regret).toMatchObject({ oracle: { n: 3, mean: 23.3333, p50: 10, max: 60, unpaired: 0, soonerShare: 0 } });
    expect(withRegret(summaryOf(bound), tokens).runs[0]!.figures.regret).toEqual({});
  });

  test('pairs runs of one seed alone, and is empty where no bound ran', () => {
    const tokens = [firstTokensOf(tallyOf('peak-ewma', [100])), firstTokensOf(tallyOf('oracle', [40], 2))];
    expect(withRegret(summaryOf(tallyOf('peak-ewma', [100])), tokens).runs[0]!.figures.regret).toEqual({});
  });

  test('is censored for a request that the policy lost, and counts those that the bound lost apart', () => {
    expect(regretAgainst(columns([LOST, 30, 30]), columns([20, LOST, 20]))).toMatchObject({
      ...{ n: 2, censored: 1, mean: null, max: 10, unpaired: 1 },
    });
  });

  test('leaves out requests of the warm-up', () => {
    expect(regretAgainst(columns([Number.NaN, 30]), columns([20, 10]))).toMatchObject({ n: 1, mean: 20 });
  });

  test('of a policy against itself is nothing; its mean is the difference of the means', () => {
    const ttfts = fc.array(fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 999 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(ttfts, (pairs) => {
        const [own, its] = [columns(pairs.map(([one]) => one)), columns(pairs.map(([, other]) => other))];
        expect(regretAgainst(own, own)).toMatchObject({ mean: 0, max: 0, soonerShare: 0 });
        const sum = pairs.reduce((all, [one, other]) => all + one - other, 0);
        expect(regretAgainst(own, its).mean).toBeCloseTo(sum / pairs.length, 3);
      }),
    );
  });

  test('is a metric, and a table for the terminal', () => {
    const [policy, bound] = [tallyOf('peak-ewma', [100, 50, 70]), tallyOf('oracle', [40, 50, 60])];
    const { runs } = withRegret(summaryOf(policy), [firstTokensOf(policy), firstTokensOf(bound)]);
    expect(metricNamed('regret.p50', '-').of(runs[0]!.figures)).toBe(10);
    expect(metricNamed('regret.p50', '-').of(summaryOf(policy).runs[0]!.figures)).toBeNull();
    expect(regretTable(runs)[2]).toMatch(/^peak-ewma +oracle +23\.3 +- +10\.0 /);
    expect(regretTable(summaryOf(policy).runs)).toEqual([]);
  });
});
