import { expect, test } from 'vitest';
import { livePolicyNames } from '../../../router/pick/live-policy.ts';
import { predictsTtft } from '../../../router/pick/predicts-ttft.ts';
import { request, routerUnderTest } from '../router-under-test.ts';

test.each(livePolicyNames.map((name) => [name]))('%s predicts first tokens, or is known not to', (name) => {
  const attempt = routerUnderTest(name, 2).router.begin(request, 0);
  expect(attempt.kind === 'attempt' && Number.isFinite(attempt.predictedMs)).toBe(predictsTtft(name));
});
