import { expect, test } from 'vitest';
import { seededRng } from '../../core/random/rng.ts';
import { madeRouter } from '../../router/made-router.ts';
import { createPolicy } from '../../router/pick/create-policy.ts';
import { reloadRules } from '../../router/reload-rules.ts';
import { routerSchema } from '../../router/schema.ts';

test('every key of the router’s schema has a rule for when it is loaded again, and no rule is about another key', () => {
  expect(Object.keys(reloadRules).toSorted()).toEqual(Object.keys(routerSchema.shape).toSorted());
});

test('a router that is told other settings takes every key that the rules give it', () => {
  const settings = routerSchema.parse({});
  const router = madeRouter({
    specs: [{ name: 'a/fibre', node: 'a', medium: 'fibre' }],
    table: {},
    settings,
    policy: createPolicy('random'),
    rng: seededRng(1)('policy'),
    label: 'router',
    knowsSlots: false,
    observers: [],
    picks: null,
  });
  const taken = new Set<string>();
  const watched = new Proxy(settings, {
    get: (target, key) => {
      taken.add(String(key));
      return Reflect.get(target, key) as unknown;
    },
  });
  router.retune(watched, 0);
  const meant = Object.entries(reloadRules).flatMap(([key, rule]) => (rule === 'router' ? [key] : []));
  expect([...taken].toSorted()).toEqual(meant.toSorted());
});
