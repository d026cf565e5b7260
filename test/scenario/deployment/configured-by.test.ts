import { expect, test } from 'vitest';
import { configuredBy } from '../../../scenario/deployment/io/configured-by.ts';

test('of several routers the first tells a mistake, so that it is told once', () => {
  const patienceOf = (also: object, isAgent = false): number =>
    configuredBy({ STARLANE_PART: 'router-europe', ...also }, { isAgent }).patienceMs;
  const first = { STARLANE_FIRST_ROUTER: 'yes' };
  expect(patienceOf(first)).toBe(0);
  expect(patienceOf(first, true)).toBe(configuredBy({ STARLANE_PART: 'router' }, { isAgent: true }).patienceMs);
  expect(patienceOf({})).toBe(configuredBy({ STARLANE_PART: 'ashburn' }).patienceMs);
});

test('the router tells a mistake at once and the others wait for it, but what was told nothing waits for nobody', () => {
  const patienceOf = (part: string | undefined, isAgent = false): number =>
    configuredBy(part === undefined ? {} : { STARLANE_PART: part }, { isAgent }).patienceMs;
  expect(patienceOf('router')).toBe(0);
  expect(patienceOf('router', true)).toBeLessThan(patienceOf('ashburn'));
  expect([patienceOf(undefined), patienceOf(undefined, true)]).toEqual([0, 0]);
});
