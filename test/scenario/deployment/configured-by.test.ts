import { expect, test } from 'vitest';
import { configuredBy } from '../../../scenario/deployment/io/configured-by.ts';

test('the router tells a mistake at once and the others wait for it, but what was told nothing waits for nobody', () => {
  const patienceOf = (part: string | undefined, isAgent = false): number =>
    configuredBy(part === undefined ? {} : { STARLANE_PART: part }, { isAgent }).patienceMs;
  expect(patienceOf('router')).toBe(0);
  expect(patienceOf('router', true)).toBeLessThan(patienceOf('ashburn'));
  expect([patienceOf(undefined), patienceOf(undefined, true)]).toEqual([0, 0]);
});
