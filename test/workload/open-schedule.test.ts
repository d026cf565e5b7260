import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayFollow } from '../../workload/followers.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';
import { chainOf, scheduleOfLoad } from './load-of.ts';

const chat = {
  kind: 'chat',
  turns: 4,
  systemTokens: 100,
  openingTokens: 50,
  userTokens: 20,
  outputTokens: 30,
  thinkS: 2,
};

const sessionsOf = (requests: readonly PlannedRequest[]): ReadonlyMap<string, PlannedRequest[]> =>
  Map.groupBy(requests, ({ session }) => session);

describe('a load with classes', () => {
  test('offers each class its share of the rate, in requests, from the first second on', () => {
    const classes = { talk: { ...chat, share: 3 }, jobs: { kind: 'batch', requests: 5 }, one: { kind: 'trace' } };
    const counts = new Map<string, number>();
    let early = 0;
    for (let seed = 0; seed < 40; seed++) {
      const schedule = scheduleOfLoad({ ratePerS: 10, arrivals: 'poisson', classes }, { seed });
      for (const { class: name, atMs } of schedule) {
        counts.set(name, (counts.get(name) ?? 0) + 1);
        if (atMs < 10_000) early++;
      }
    }
    const perS = (name: string): number => counts.get(name)! / 40 / 60;
    expect([perS('talk') / 6, perS('jobs') / 2, perS('one') / 2]).toEqual(Array(3).fill(expect.closeTo(1, 1)));
    expect(early / 40 / 10 / 10).toBeCloseTo(1, 1);
  });

  test('is numbered in the order of its intended starts, all within the time of sending', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.constantFrom('trace', 'poisson', 'constant'), (seed, arrivals) => {
        const schedule = scheduleOfLoad(
          { ratePerS: 3, arrivals, classes: { talk: chat } },
          { seed, durationMs: 20_000 },
        );
        expect(schedule.map(({ id }) => id)).toEqual(schedule.map((_, index) => index));
        const times = schedule.map(({ atMs }) => atMs);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        for (const atMs of times) expect(atMs >= 0 && atMs < 20_000).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('a turn repeats all that was said before it, and comes when an answer that just met its objectives has been read', () => {
    const schedule = scheduleOfLoad({ ratePerS: 2, arrivals: 'constant', classes: { talk: chat } });
    const whole = [...sessionsOf(schedule).values()].filter(({ length }) => length === 4);
    expect(whole.length).toBeGreaterThan(10);
    for (const turns of whole) {
      expect(turns.map(({ turn }) => turn)).toEqual([1, 2, 3, 4]);
      expect(turns.map(({ promptTokens }) => promptTokens)).toEqual([170, 220, 270, 320]);
      const own = (tokens: number) => [
        { key: 'talk system', tokens: 100 },
        { key: turns[0]!.session, tokens },
      ];
      expect(turns.map(({ prefix }) => prefix)).toEqual([100, 150, 200, 250].map(own));
      const gaps = turns.slice(1).map(({ atMs }, index) => atMs - turns[index]!.atMs);
      expect(gaps).toEqual(Array(3).fill(expect.closeTo(1000 + 29 * 50 + 2000, 6)));
      expect(new Set(turns.map(({ client }) => client)).size).toBe(1);
    }
  });

  test('the requests of a job come at once; others stand alone', () => {
    const jobs = scheduleOfLoad({
      ratePerS: 5,
      classes: { jobs: { kind: 'batch', requests: 8, priority: 5, model: 'm' } },
    });
    const byJob = [...Map.groupBy(jobs, ({ atMs }) => atMs).values()];
    expect(new Set(byJob.map(({ length }) => length))).toEqual(new Set([8]));
    expect(jobs[0]).toMatchObject({ class: 'jobs', priority: 5, model: 'm', session: '', turn: 0, next: null });
  });

  test('another class, or another share, changes no session of the first', () => {
    const only = scheduleOfLoad({ ratePerS: 2, arrivals: 'constant', classes: { talk: chat } });
    const both = scheduleOfLoad({ ratePerS: 4, arrivals: 'constant', classes: { talk: chat, one: { kind: 'trace' } } });
    const plain = (schedule: readonly PlannedRequest[]) =>
      schedule.filter(({ class: name }) => name === 'talk').map(({ id: _, ...rest }) => rest);
    expect(plain(both)).toEqual(plain(only));
  });
});

describe('turns after answers', () => {
  const load = { ratePerS: 4, arrivals: 'poisson', turns: 'after-answers', classes: { talk: chat } };

  test('follow the pause after the end of each answer, in numbers of their own', () => {
    const schedule = scheduleOfLoad(load);
    const chains = schedule.map((first) => chainOf(first, 700));
    for (const chain of chains) {
      for (const [index, { atMs, turn, session }] of chain.entries()) {
        if (index === 0) continue;
        const before = chain[index - 1]!;
        expect([atMs, turn, session]).toEqual([before.atMs + 700 + 2000, before.turn + 1, before.session]);
        expect(atMs).toBeLessThan(60_000);
      }
    }
    const ids = chains.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.max(...ids)).toBeLessThan(schedule.length + mayFollow(schedule, 60_000));
    expect(chains.some(({ length }) => length === 4)).toBe(true);
  });

  test('the same end has the same follower, however often it is asked', () => {
    const [first] = scheduleOfLoad(load);
    const { next: _, ...once } = first!.next!(5000, 'answered')!;
    const { next: __, ...again } = first!.next!(5000, 'answered')!;
    expect(again).toEqual(once);
  });

  test('a turn that failed is the last of its session', () => {
    for (const { next } of scheduleOfLoad(load)) expect(next!(1000, 'failed')).toBeNull();
  });
});
