import { describe, expect, test } from 'vitest';
import { contendersOf } from '../../../report/html/contender.ts';
import { verdictOf } from '../../../report/html/verdict.ts';
import { type ReportedRun, reported } from './reported.ts';

const verdict = (...runs: readonly ReportedRun[]) => verdictOf(contendersOf([reported(runs)]));
/** From `low` on, evenly over 100 ms. */
const around = (low: number) => (request: number) => low + request / 10;

describe('the verdict', () => {
  test('names the policy with the lowest p99, and by how much it is ahead', () => {
    const { headline, sentences, winner, isValid } = verdict(
      { policy: 'slow', ttftMs: around(200) },
      { policy: 'quick', ttftMs: around(100) },
    );
    expect([winner, isValid]).toEqual(['quick', true]);
    expect(headline).toBe('The fastest policy in the tail is quick, 33 % ahead of slow');
    expect(sentences.slice(0, 2)).toEqual([
      'Under quick, 99 of 100 requests have their first token within 199 ms.',
      'That is 33 % less than under slow (299 ms).',
    ]);
    expect(sentences.join(' ')).toContain('This is one seed');
  });

  test('is about the tail: a policy with a lower median and a higher p99 does not win', () => {
    const mostlyQuick = (request: number): number => (request % 50 === 0 ? 900 : 20);
    expect(verdict({ policy: 'a', ttftMs: mostlyQuick }, { policy: 'b', ttftMs: around(300) }).winner).toBe('b');
  });

  test('calls a policy that loses requests no winner, however quick the others are', () => {
    const lossy = (request: number): number => (request % 20 === 0 ? Number.NaN : 10);
    const { winner, sentences } = verdict({ policy: 'lossy', ttftMs: lossy }, { policy: 'whole', ttftMs: around(300) });
    expect(winner).toBe('whole');
    expect(sentences).toContain('Under lossy, one of them or more got no first token at all.');
  });

  test('does not let a reference win', () => {
    const { winner, sentences } = verdict(
      { policy: 'oracle', ttftMs: around(50) },
      { policy: 'a', ttftMs: around(100) },
      { policy: 'b', ttftMs: around(200) },
    );
    expect(winner).toBe('a');
    expect(sentences.join(' ')).toMatch(/The reference oracle, .* reaches 149 ms: the best policy is 34 % above it\./);
  });

  test('calls none best where routers of one run were told other things while they ran', () => {
    const told = { kind: 'reloaded', atMs: 3000, changes: [{ key: 'router.subset', from: 'all', to: 1 }] } as const;
    const a = { policy: 'a', ttftMs: around(100) };
    const b = { policy: 'b', ttftMs: around(200) };
    expect(verdict({ ...a, events: [told] }, b)).toMatchObject({ winner: null, isValid: true });
    expect(verdict({ ...a, events: [told] }, { ...b, events: [{ ...told, atMs: 4000 }] }).winner).toBe('a');
  });

  test('says so when a policy beats a reference', () => {
    const { winner, sentences } = verdict(
      { policy: 'oracle', ttftMs: around(150) },
      { policy: 'a', ttftMs: around(100) },
      { policy: 'b', ttftMs: around(200) },
    );
    expect(winner).toBe('a');
    expect(sentences.join(' ')).toMatch(/reaches 249 ms: the best policy is 20 % below it, so it is no bound here\./);
  });

  test('shows no difference where there is none', () => {
    const { winner, headline } = verdict({ policy: 'a', ttftMs: around(100) }, { policy: 'b', ttftMs: around(100.2) });
    expect(winner).toBe(null);
    expect(headline).toBe('No difference is shown between a and b');
  });

  test('is of the seeds together: a difference that changes its sign from seed to seed is none', () => {
    const seeds = (policy: string, lows: readonly number[]): readonly ReportedRun[] =>
      lows.map((low, index) => ({ policy, seed: index + 1, ttftMs: around(low) }));
    const open = verdict(...seeds('a', [100, 180, 90, 170]), ...seeds('b', [160, 110, 170, 120]));
    expect([open.winner, open.headline]).toEqual([null, 'No difference is shown between a and b']);
    const firm = verdict(...seeds('a', [100, 180, 90, 170]), ...seeds('b', [131, 209, 122, 200]));
    expect(firm.winner).toBe('a');
    expect(firm.sentences.join(' ')).toMatch(/the p99 of b is 28\.\d ms to 32\.\d ms above that of a .*over 4 seeds/);
  });

  test('says what the winner gives up', () => {
    const { sentences } = verdict(
      { policy: 'a', ttftMs: around(100), request: { tokens: 101 } },
      { policy: 'b', ttftMs: around(200), request: { tokens: 11 } },
    );
    expect(sentences).toContain(
      'Its slow answers end later, though: the last token of 99 of 100 comes within 1199 ms, under b within 399 ms.',
    );
  });

  test('of figures that must not be used begins with that', () => {
    const { headline, isValid, sentences } = verdict(
      { policy: 'a', ttftMs: around(100), events: [{ kind: 'fault', atMs: 1, part: 'node x', reason: 'died' }] },
      { policy: 'b', ttftMs: around(200) },
    );
    expect([headline, isValid]).toEqual(['Not valid: do not use the figures of a', false]);
    expect(sentences[0]).toMatch(
      /^For what they are worth, the figures say this\. The fastest policy in the tail is a/,
    );
  });

  test('compares short runs by their median, and says why', () => {
    const short = { warmUpMs: 10_500 };
    const { headline, sentences } = verdict(
      { policy: 'a', ttftMs: around(100), run: short },
      { policy: 'b', ttftMs: around(200), run: short },
    );
    expect(headline).toMatch(/^The fastest policy for half of the requests is a/);
    expect(sentences.at(-1)).toMatch(/^The runs are too short to compare slow requests/);
  });

  test('of runs that differ in more than the policy calls none best', () => {
    const [a, b] = [
      reported([{ policy: 'a', ttftMs: around(100) }], 'one'),
      reported([{ policy: 'b', ttftMs: around(200), run: { ratePerS: 2 } }], 'two'),
    ];
    expect(verdictOf(contendersOf([a, b])).headline).toBe(
      'These runs differ in more than the policy, so none is called best',
    );
  });

  test('tells the same policy of two folders apart by the folders', () => {
    const folders = ['one', 'two'].map((name, index) =>
      reported([{ policy: 'a', ttftMs: around(100 + 100 * index) }], name),
    );
    expect(verdictOf(contendersOf(folders)).winner).toBe('a (one)');
  });
});
