import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayFollow } from '../../workload/followers.ts';
import { chainOf, scheduleOfLoad } from './load-of.ts';

const chat = { kind: 'chat', turns: 3, systemTokens: 0, openingTokens: 0, userTokens: 20, outputTokens: 30, thinkS: 2 };

describe('users who take turns', () => {
  test('each has one request open at a time, from its first pause to the end of sending', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 5000 }),
        fc.nat(100),
        (users, answerMs, seed) => {
          const schedule = scheduleOfLoad({ users, classes: { talk: chat } }, { seed });
          expect(schedule).toHaveLength(users);
          for (const first of schedule) {
            const chain = chainOf(first, answerMs);
            expect(first.atMs).toBeLessThan(2000);
            // Pauses of 2 s, and answers: as many requests as fit behind the first.
            expect(chain).toHaveLength(Math.ceil((60_000 - first.atMs) / (answerMs + 2000)));
          }
          const ids = schedule.flatMap((first) => chainOf(first, answerMs).map(({ id }) => id));
          expect(new Set(ids).size).toBe(ids.length);
          expect(Math.max(...ids)).toBeLessThan(schedule.length + mayFollow(schedule, 60_000));
        },
      ),
      { numRuns: 20 },
    );
  });

  test('goes on with another session after the last turn, and after a failure, then after a second at least', () => {
    const [first] = scheduleOfLoad({ users: 1, classes: { talk: { ...chat, thinkS: 0 } } });
    const chain = chainOf(first!, 1000).slice(0, 7);
    expect(chain.map(({ turn }) => turn)).toEqual([1, 2, 3, 1, 2, 3, 1]);
    expect(new Set(chain.map(({ session }) => session)).size).toBe(3);
    const afterFailure = first!.next!(500, 'failed')!;
    expect(afterFailure).toMatchObject({ turn: 1, atMs: 1500 });
    expect(afterFailure.session).not.toBe(first!.session);
  });

  test('sends at most a hundred requests a second, however quick the answers are', () => {
    const [first] = scheduleOfLoad({ users: 1, classes: { talk: { ...chat, thinkS: 0 } } });
    expect(chainOf(first!, 0)).toHaveLength(6000);
  });

  test('are dealt out to the classes by their shares', () => {
    const classes = { talk: { ...chat, share: 2 }, one: { kind: 'trace', share: 1 } };
    const schedule = scheduleOfLoad({ users: 30, classes });
    expect(schedule.filter(({ class: name }) => name === 'talk')).toHaveLength(20);
  });

  test('without classes they send the rows of the trace, each user rows of its own', () => {
    const schedule = scheduleOfLoad({ users: 5 });
    for (const first of schedule) {
      const lengths = chainOf(first, 100).map(({ promptTokens, outputTokens }) => promptTokens - outputTokens);
      expect(new Set(lengths)).toEqual(new Set([90]));
    }
    expect(schedule[0]).toMatchObject({ class: '', session: '', turn: 0 });
  });
});
