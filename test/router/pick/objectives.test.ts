import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chanceWithin, objectivesFor, ownObjectives } from '../../../router/pick/objectives.ts';
import { type RequestInfo, SAYS_NOTHING } from '../../../router/request-info.ts';

const usual = { ttftMs: 1000, tpotMs: 50, byClass: { chat: { ttftMs: 300, tpotMs: 40 } } };
const requestOf = (says: Partial<RequestInfo>): RequestInfo => ({
  ...SAYS_NOTHING,
  id: 1,
  promptTokens: 10,
  maxOutputTokens: 10,
  ...says,
});
const boundsOf = (says: Partial<RequestInfo>) => {
  const { ttftMs, tpotMs } = ownObjectives(objectivesFor(usual, requestOf(says)), requestOf(says), {
    ttftMs: 0,
    tpotMs: 0,
  });
  return [ttftMs, tpotMs];
};

test('the objectives of a request are those that it says, for the rest those of its class, for the rest the usual ones', () => {
  expect(boundsOf({})).toEqual([1000, 50]);
  expect(boundsOf({ class: 'chat' })).toEqual([300, 40]);
  expect(boundsOf({ class: 'chat', sloTtftMs: 900 })).toEqual([900, 40]);
  expect(boundsOf({ class: 'other', sloTpotMs: 7 })).toEqual([1000, 7]);
});

test('no first token is wanted after the deadline of the client, and a later deadline changes nothing', () => {
  expect(boundsOf({ deadlineMs: 250 })).toEqual([250, 50]);
  expect(boundsOf({ deadlineMs: 250, sloTtftMs: 400, sloTpotMs: 9 })).toEqual([250, 9]);
  expect(boundsOf({ deadlineMs: 30_000 })).toEqual([1000, 50]);
});

test('a chance is between 0 and 1 and falls with what is expected, however small the bound or the spread, and however late', () => {
  const size = fc.oneof(
    fc.double({ min: Number.MIN_VALUE, max: 1e9, noNaN: true }),
    fc.double({ min: 0.001, max: 1e5, noNaN: true }),
  );
  const expected = fc.oneof(size, fc.constantFrom(0, Number.POSITIVE_INFINITY));
  fc.assert(
    fc.property(size, size, expected, expected, (boundMs, spread, oneMs, otherMs) => {
      const [soon, late] = [Math.min(oneMs, otherMs), Math.max(oneMs, otherMs)].map((ms) =>
        chanceWithin(boundMs, ms, spread),
      );
      expect(soon).toBeLessThanOrEqual(1);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(soon).toBeGreaterThanOrEqual(late!);
    }),
    { numRuns: 2000 },
  );
  expect(chanceWithin(400, 500, 1e-200)).toBe(0);
  expect(chanceWithin(400, 300, 1e-320)).toBe(1);
});
