import { describe, expect, test } from 'vitest';
import { loadSchema } from '../../workload/load-schema.ts';

const issuesOf = (load: object): readonly string[] =>
  (loadSchema.safeParse(load).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the load of a scenario', () => {
  test('users have the rate of answers that just meet a second and 50 ms a token', () => {
    const { ratePerS } = loadSchema.parse({ users: 100, classes: { one: { kind: 'trace', thinkS: 9.05 } } });
    expect(ratePerS).toBeCloseTo(100 / (9.05 + 1 + 199 * 0.05), 2);
    // A rate beside them, as in a scenario whose load is set to users, says nothing of what they send.
    expect(loadSchema.parse({ users: 100, ratePerS: 7 })).toEqual(loadSchema.parse({ users: 100 }));
  });

  test.each([
    [{ users: 5, turns: 'after-answers', classes: { a: { kind: 'chat' } } }, 'turns'],
    [{ ratePerS: 5, turns: 'after-answers' }, 'turns'],
    [{ ratePerS: 5, classes: {} }, 'classes'],
    [{ ratePerS: 5, classes: { a: { kind: 'chats' } } }, 'classes.a.kind'],
    [{ ratePerS: 5, classes: { a: { kind: 'rag', turns: 3 } } }, 'classes.a'],
    [{ ratePerS: 5, classes: { 'Not A Name': { kind: 'rag' } } }, 'classes.Not A Name'],
  ])('%o has a mistake at %s', (load, path) => {
    expect(issuesOf(load).map((issue) => issue.split(':')[0])).toEqual([path]);
  });

  test('a load without them has none of the keys of classes and users: its hash stays', () => {
    const keys = Object.keys(loadSchema.parse({ ratePerS: 5 }));
    for (const key of ['users', 'classes', 'turns']) expect(keys).not.toContain(key);
  });
});
