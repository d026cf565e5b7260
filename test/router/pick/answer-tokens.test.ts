import { expect, test } from 'vitest';
import { Attempt } from '../../../router/attempt/attempt.ts';
import { AnswerTokens } from '../../../router/pick/answer-tokens.ts';
import { type RequestInfo, SAYS_NOTHING } from '../../../router/request-info.ts';
import { loadReport } from '../load-report-fixture.ts';

const requestOf = (name: string, maxOutputTokens = 1000): RequestInfo => ({
  id: 1,
  promptTokens: 10,
  maxOutputTokens,
  ...SAYS_NOTHING,
  class: name,
});

/** An answer whose first message came at 100 ms. */
const answered = (learnt: AnswerTokens, request: RequestInfo, lengthMs: number, stepMs: number): void => {
  const begun = {
    endpoint: 0,
    number: 1,
    cause: 'first' as const,
    avoided: [],
    startedAtMs: 0,
    costMs: 0,
    predictedMs: 0,
    clockSettings: 0,
  };
  const attempt = new Attempt(request, begun);
  attempt.firstMessageAtMs = 100;
  const ending = {
    code: 0,
    report: loadReport({ stepMs }),
    pushbackMs: null,
    fault: 'none',
    isSaidByNode: true,
  } as const;
  learnt.observe({ kind: 'ended', attempt, ending, nowMs: 100 + lengthMs });
};

test('the length of answers is learnt by class from their duration and the step that the node reports', () => {
  const learnt = new AnswerTokens();
  expect(learnt.expected(requestOf('chat'))).toBe(500);
  for (const tokens of [40, 80, 60]) answered(learnt, requestOf('chat'), (tokens - 1) * 8, 8);
  answered(learnt, requestOf('batch'), 399 * 20, 20);
  expect(learnt.expected(requestOf('chat'))).toBeCloseTo(60);
  expect(learnt.expected(requestOf('batch'))).toBeCloseTo(400);
  expect(learnt.expected(requestOf('batch', 100))).toBe(100);
});

test('clients that name many classes fill no memory, and what was learnt stays', () => {
  const learnt = new AnswerTokens();
  for (let index = 0; index < 64; index++) answered(learnt, requestOf(`class-${index}`), 90, 10);
  answered(learnt, requestOf('one-more'), 90, 10);
  expect(learnt.expected(requestOf('one-more', 60))).toBe(30);
  expect(learnt.expected(requestOf('class-0'))).toBeCloseTo(10);
});
