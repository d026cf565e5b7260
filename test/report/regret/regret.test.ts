import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { metricNamed } from '../../../report/metric.ts';
import { type AnswerTimes, answerTimesOf, KEPT, MISSED } from '../../../report/regret/answer-times.ts';
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

const columns = (ttfts: readonly number[]): AnswerTimes => ({
  ...{ variant: 'p', policy: 'p', seed: 1, aims: [], wholeSlots: 40, followAnswers: false },
  ttftMs: Float64Array.from(ttfts),
  e2eMs: Float64Array.from(ttfts, (ms) => 3 * ms),
  objectives: new Uint8Array(ttfts.length),
  slots: Uint32Array.from(ttfts, (_, row) => row % 40),
});

describe('regret', () => {
  test('is none where requests follow answers, and so come at other times under each policy', () => {
    const tallies = [tallyOf('peak-ewma', [100, 50, 70]), tallyOf('floor', [40, 50, 60])];
    for (const tally of tallies) tally.add({ kind: 'followed', atMs: 60_000, part: 'clients', requests: 1 });
    const { runs, ...summary } = summaryOf(tallies[0]!);
    const both = { ...summary, runs: [...runs, ...summaryOf(tallies[1]!).runs] };
    const [judged, bound] = withRegret(both, tallies.map(answerTimesOf)).runs;
    expect(judged!.figures.regret).toEqual({});
    expect(bound!.notes).toContain(
      'requests follow answers, so they come at other times under each policy: there is no regret, and a policy may be below this bound',
    );
  });

  test('is the difference of each request to itself, not that of two percentiles', () => {
    const [policy, bound] = [tallyOf('peak-ewma', [100, 50, 70]), tallyOf('oracle', [40, 50, 60])];
    const tokens = [answerTimesOf(policy), answerTimesOf(bound)];
    const { regret } = withRegret(summaryOf(policy), tokens).runs[0]!.figures;
    expect(regret).toMatchObject({ oracle: { n: 3, mean: 23.3333, p50: 10, max: 60, unpaired: 0, soonerShare: 0 } });
    expect(withRegret(summaryOf(bound), tokens).runs[0]!.figures.regret).toEqual({});
  });

  test('pairs runs of one seed alone, and is empty where no bound ran', () => {
    const tokens = [answerTimesOf(tallyOf('peak-ewma', [100])), answerTimesOf(tallyOf('oracle', [40], 2))];
    expect(withRegret(summaryOf(tallyOf('peak-ewma', [100])), tokens).runs[0]!.figures.regret).toEqual({});
  });

  test('is censored for a request that the policy lost, and counts those that the bound lost apart', () => {
    expect(regretAgainst(columns([LOST, 30, 30]), columns([20, LOST, 20]), 'ttftMs')).toMatchObject({
      ...{ n: 2, censored: 1, mean: null, max: 10, unpaired: 1 },
    });
  });

  test('leaves out requests of the warm-up', () => {
    expect(regretAgainst(columns([Number.NaN, 30]), columns([20, 10]), 'ttftMs')).toMatchObject({ n: 1, mean: 20 });
  });

  test('of a policy against itself is nothing; its mean is the difference of the means', () => {
    const ttfts = fc.array(fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 999 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(ttfts, (pairs) => {
        const [own, its] = [columns(pairs.map(([one]) => one)), columns(pairs.map(([, other]) => other))];
        expect(regretAgainst(own, own, 'ttftMs')).toMatchObject({ mean: 0, max: 0, soonerShare: 0 });
        const sum = pairs.reduce((all, [one, other]) => all + one - other, 0);
        expect(regretAgainst(own, its, 'ttftMs').mean).toBeCloseTo(sum / pairs.length, 3);
      }),
    );
  });

  const aimed = (objective: string, ttfts: readonly number[], tokens = 11): RunTally => {
    const tally = new RunTally(
      runEvent({
        host: 'simulate',
        requests: ttfts.length,
        key: {
          variant: `c-${objective}`,
          policy: 'clairvoyant',
          params: { objective },
          seed: 1,
          repetition: 1,
          overrides: {},
        },
      }),
    );
    for (const [id, ttftMs] of ttfts.entries())
      for (const event of requestEvents(id, 2000, { ttftMs, tokens })) tally.add(event);
    tally.add(ended());
    return tally;
  };

  test('is of what a bound makes small, and of nothing else', () => {
    const policy = tallyOf('peak-ewma', [100, 50, 170]);
    const [ttft, e2e, slo] = [aimed('ttft', [90, 50, 60]), aimed('e2e', [40, 50, 60]), aimed('slo', [40, 120, 130])];
    const floor = tallyOf('floor', [30, 40, 110]);
    const { figures } = withRegret(summaryOf(policy), [policy, ttft, e2e, slo, floor].map(answerTimesOf)).runs[0]!;
    expect(Object.keys(figures.regret)).toEqual(['c-ttft', 'floor']);
    expect(Object.keys(figures.regretE2e)).toEqual(['c-e2e', 'floor']);
    expect(Object.keys(figures.regretMissed)).toEqual(['c-slo', 'floor']);
    // The tokens come 10 ms apart under both, so that E2E differs by what TTFT does.
    expect(figures.regretE2e['c-e2e']).toMatchObject({ n: 3, mean: 56.6667, p50: 60, max: 110 });
    // TTFT may be 100 ms: under the policy one request misses it, under the bound two others do.
    expect(figures.regretMissed['c-slo']).toMatchObject({
      n: 3,
      missedShare: 0.3333,
      mean: -0.3333,
      keptShare: 0.3333,
    });
    expect(figures.regretMissed.floor).toMatchObject({ mean: 0, keptShare: 0 });
    expect(metricNamed('regret-e2e.mean', '-').of(figures)).toBe(56.6667);
    expect(metricNamed('regret-missed', '-').of(figures)).toBe(-0.3333);
    const lines = regretTable(withRegret(summaryOf(policy), [policy, ttft, e2e, slo, floor].map(answerTimesOf)).runs);
    expect(lines.filter((line) => line.includes('missed')).map((line) => line.split(/ {2,}/))).toEqual([
      ['peak-ewma', 'missed', 'c-slo', '-33.3', '33.3 %'],
      ['peak-ewma', 'missed', 'floor', '0.0', '0.0 %'],
    ]);
  });

  test('of missed objectives takes what floor reaches in all for the best, not the time between its tokens', () => {
    const objectivesAt = (events: readonly Event[]): number => {
      const key = { variant: 'floor', policy: 'floor', params: {}, seed: 1, repetition: 1, overrides: {} };
      const tally = new RunTally(runEvent({ host: 'simulate', requests: 1, key }));
      for (const event of events) tally.add(event);
      tally.add(ended());
      return answerTimesOf(tally).objectives[0]!;
    };
    // 100 ms to the first token and 20 ms to each further one: 11 tokens within 300 ms.
    expect(objectivesAt(requestEvents(0, 2000, { ttftMs: 20 }))).toBe(KEPT);
    expect(objectivesAt(requestEvents(0, 2000, { ttftMs: 101 }))).toBe(MISSED);
    const lastAt = (lastTokenAtMs: number): readonly Event[] =>
      requestEvents(0, 2000, { ttftMs: 10 }).map((event) =>
        event.kind === 'finished' ? { ...event, lastTokenAtMs } : event,
      );
    // 28 ms from token to token are above 20, but a later first token over another path may go with this last one.
    expect([objectivesAt(lastAt(2290)), objectivesAt(lastAt(2301))]).toEqual([KEPT, MISSED]);
  });

  test('of missed objectives leaves out what was cut off before it could be known', () => {
    const cut = tallyOf('peak-ewma', [50]);
    const open = new RunTally(tallyOf('floor', [50]).run);
    for (const event of silentRequest(0, 2000, 'open')) open.add(event);
    open.add(ended());
    const { figures } = withRegret(summaryOf(cut), [cut, open].map(answerTimesOf)).runs[0]!;
    expect(figures.regretMissed.floor).toMatchObject({ n: 0, mean: null });
  });

  test('is a metric, and a table for the terminal', () => {
    const [policy, bound] = [tallyOf('peak-ewma', [100, 50, 70]), tallyOf('oracle', [40, 50, 60])];
    const { runs } = withRegret(summaryOf(policy), [answerTimesOf(policy), answerTimesOf(bound)]);
    expect(metricNamed('regret.p50', '-').of(runs[0]!.figures)).toBe(10);
    expect(metricNamed('regret.p50', '-').of(summaryOf(policy).runs[0]!.figures)).toBeNull();
    expect(regretTable(runs)[2]).toMatch(/^peak-ewma +TTFT +oracle +23\.3 +- +10\.0 /);
    expect(regretTable(summaryOf(policy).runs)).toEqual([]);
  });
});
