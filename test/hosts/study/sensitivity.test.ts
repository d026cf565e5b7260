import { describe, expect, test } from 'vitest';
import { contestOf, winnerOf } from '../../../hosts/study/sensitivity.ts';
import {
  type SensitivityRow,
  sensitivityTable,
  sensitivityVerdict,
  standingSentence,
} from '../../../hosts/study/sensitivity-text.ts';
import { metricNamed } from '../../../report/metric.ts';
import { mergedSummary, summarise } from '../../../report/summary.ts';
import type { Summary } from '../../../report/summary-schema.ts';
import { ended, requestEvents, runEvent } from '../../report/logged-run.ts';

const TTFT = metricNamed('ttft.p50', '');
const GOODPUT = metricNamed('goodput', '');

/** Policies by the TTFT that their only request has under a seed; null where it has no first token. */
const summaryOf = (policies: Readonly<Record<string, (seed: number) => number | null>>, seeds = 10): Summary => {
  const runs = Object.entries(policies).flatMap(([variant, of]) =>
    Array.from({ length: seeds }, (_, seed) => {
      const run = runEvent({ requests: 1, host: 'simulate' });
      const ttftMs = of(seed);
      const events = requestEvents(0, 2000, {
        ttftMs: ttftMs ?? 100,
        outcome: ttftMs === null ? 'failed' : 'answered',
      });
      const kept = ttftMs === null ? events.filter(({ kind }) => kind !== 'first-token') : events;
      return summarise([{ ...run, key: { ...run.key, variant, seed } }, ...kept, ended()], { machine: 'm' });
    }),
  );
  return mergedSummary(runs, { runs: runs.length, repetitions: seeds });
};

const near = (ms: number) => (seed: number) => ms + (seed % 2);
const far = (ms: number) => (seed: number) => ms + 50 * ((seed % 3) - 1);

describe('the winner of a scenario', () => {
  test('has the best mean, and is compared with the best of the others', () => {
    const summary = summaryOf({ slow: near(300), good: near(100), fair: near(200) });
    expect(winnerOf(summary, TTFT)).toBe('good');
    const contest = contestOf(summary, 'good', TTFT);
    expect(contest).toMatchObject({
      rival: 'fair',
      standing: 'ahead',
      means: { good: 100.5, fair: 200.5, slow: 300.5 },
    });
    expect(contest.difference).toMatchObject({ n: 10, mean: -100 });
    expect(standingSentence(contest)).toBe('stays ahead of fair');
  });

  test('loses to whoever is better now, not to its rival of before', () => {
    const contest = contestOf(summaryOf({ slow: near(50), good: near(100), fair: near(200) }), 'good', TTFT);
    expect(contest).toMatchObject({ rival: 'slow', standing: 'behind' });
    expect(standingSentence(contest)).toBe('loses to slow');
  });

  test('is not told from the others by scatter, by few seeds, or by what has no answer', () => {
    const standing = (summary: Summary): string => contestOf(summary, 'a', TTFT).standing;
    expect(standing(summaryOf({ a: far(100), b: near(105) }))).toBe('none-shown');
    expect(standing(summaryOf({ a: near(100), b: near(200) }, 3))).toBe('too-few-seeds');
    const failing = summaryOf({ a: near(100), b: (seed) => (seed === 4 ? null : 10) });
    expect(winnerOf(failing, TTFT)).toBe('a'); // b would win over the seeds in which it is known
    expect(standing(failing)).toBe('not-known');
  });

  test('has the highest of what is better when it is higher', () => {
    const summary = summaryOf({ a: near(100), b: (seed) => (seed > 4 ? null : 100) });
    expect(winnerOf(summary, GOODPUT)).toBe('a');
  });
});

describe('the verdict', () => {
  const base = contestOf(summaryOf({ good: near(100), fair: near(200) }), 'good', TTFT);
  const row = (value: string, ms: (seed: number) => number): SensitivityRow => ({
    ...{ assumption: 'fibre-stretch', title: 'length', source: 's', usual: '1.4', value },
    ...contestOf(summaryOf({ good: ms, fair: near(200) }), 'good', TTFT),
  });
  const kept = row('1.1', near(90));
  const unsure = row('1.8', far(195));
  const lost = row('2.1', near(300));
  const verdict = (rows: readonly SensitivityRow[], asked = rows.length): string =>
    sensitivityVerdict(base, rows, { metric: TTFT, asked });

  test('is one line, and names where the winner is none', () => {
    expect(verdict([kept])).toBe('good stays ahead by p50 TTFT under all 1 values.');
    expect(verdict([kept, unsure, lost])).toBe(
      'good stays ahead by p50 TTFT under 1 of all 3 values; no difference is shown under fibre-stretch 1.8; it loses under fibre-stretch 2.1.',
    );
  });

  test('says how many values it is about where some are missing', () => {
    expect(verdict([kept], 4)).toBe('good stays ahead by p50 TTFT under the 1 values of 4 that were tried.');
  });

  test('claims no winner where the scenario itself shows none', () => {
    const even = contestOf(summaryOf({ good: far(195), fair: near(200) }), 'good', TTFT);
    expect(sensitivityVerdict(even, [kept, lost], { metric: TTFT, asked: 2 })).toBe(
      'No winner is shown: p50 TTFT of good and fair does not differ for sure; good is ahead under fibre-stretch 1.1; it loses under fibre-stretch 2.1.',
    );
  });

  test('stands under a table with the difference of each value', () => {
    const lines = sensitivityTable(base, [kept, lost], TTFT);
    expect(lines[0]).toMatch(/^assumption +usual +value +good +best other +good \.\.\. +difference$/);
    expect(lines[3]).toMatch(
      /^fibre-stretch +1\.4 +1\.1 +90\.5 ms +201 ms +stays ahead of fair +p50 TTFT 110 ms lower, 95 % CI/,
    );
    expect(lines[4]).toMatch(/loses to fair +p50 TTFT 100 ms higher/);
  });
});
