import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RepetitionsWanted } from '../../../hosts/simulate/repetitions-wanted.ts';
import { mergedSummary, summarise } from '../../../report/summary.ts';
import { type RunResult, type Summary, summarySchema } from '../../../report/summary-schema.ts';
import { terminalReport } from '../../../report/terminal-report.ts';
import { parseUntil } from '../../../report/until.ts';
import { ended, requestEvents, runEvent } from '../../report/logged-run.ts';

const summaryOf = (seed: number, ttftMs: number, variant = 'a'): Summary => {
  const run = runEvent({ requests: 1 });
  return summarise([{ ...run, key: { ...run.key, variant, seed } }, ...requestEvents(0, 2000, { ttftMs }), ended()], {
    machine: 'm',
  });
};
const runOf = (...of: Parameters<typeof summaryOf>): RunResult => summaryOf(...of).runs[0]!;

/** 100 and 120 in turn: with ten runs t s / sqrt(n) is 7.5, with fourteen 6.0, with eighteen 5.1, with twenty 4.8. */
const inTurn = (seed: number): number => 100 + 20 * (seed % 2);

const wantedOf = (text: string, runs: readonly (RunResult | null)[], policies = 1): number | null => {
  const wanted = new RepetitionsWanted(parseUntil(text), policies);
  return wanted.isEnough(runs) ? wanted.enough : null;
};

describe('repetitions that go on until an interval is narrow enough', () => {
  const runs = Array.from({ length: 40 }, (_, seed) => runOf(seed, inTurn(seed)));

  test('end with the first that makes it so, and never below ten', () => {
    expect(wantedOf('ttft.p50:6.1ms', runs)).toBe(14);
    expect(wantedOf('ttft.p50:5%', runs)).toBe(17); // with sixteen it is 5.503 of 110
    expect(wantedOf('ttft.p50:90%', runs)).toBe(10);
    expect(wantedOf('ttft.p50:1%', runs)).toBe(null);
  });

  test('wait for each policy and each metric', () => {
    const two = runs.flatMap((run, seed) => [run, runOf(seed, 100, 'b')]);
    expect(wantedOf('ttft.p50:6.1ms', two, 2)).toBe(14);
    expect(wantedOf('ttft.p50:50ms,e2e.p50:6.1ms', two, 2)).toBe(14);
  });

  test('end at the same one in whatever order and at whatever time runs end', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...runs.keys()], { minLength: 40 }), (order) => {
        const wanted = new RepetitionsWanted(parseUntil('ttft.p50:6.1ms'), 1);
        const seen: (RunResult | null)[] = runs.map(() => null);
        for (const index of order) {
          seen[index] = runs[index]!;
          if (wanted.isEnough(seen)) break;
        }
        expect(wanted.enough).toBe(14);
      }),
      { numRuns: 20 },
    );
  });
});

test('the result says what was asked and which intervals are wide still', () => {
  const until = parseUntil('ttft.p50:5%,max:12');
  const summaries = Array.from({ length: 12 }, (_, seed) => [
    summaryOf(seed, inTurn(seed)),
    summaryOf(seed, 100, 'b'),
  ]).flat();
  const summary = mergedSummary(summaries, { runs: 24, repetitions: 12, until });
  expect(summarySchema.parse(summary)).toEqual(summary);
  expect(summary.repetitions!.until).toEqual({
    asked: 'ttft.p50:5%,max:12',
    isReached: false,
    wide: ['a ttft.p50 ±6.0 %'],
  });
  expect(terminalReport(summary)).toContain('ttft.p50:5%,max:12 was not reached in 12 repetitions: a ttft.p50 ±6.0 %.');
  const reached = mergedSummary(summaries, { runs: 24, repetitions: 12, until: parseUntil('ttft.p50:7%') });
  expect(terminalReport(reached)).toContain('ttft.p50:7% was reached after 12 repetitions.');
});

test('fewer than ten repetitions are refused as a bound, as there is no verdict with them', () => {
  expect(() => parseUntil('ttft.p99:5%,max:9')).toThrow('--until has max:9, expected at least 10 repetitions');
  expect(parseUntil('ttft.p99:5%')).toMatchObject({ most: 100 });
});
