import { expect, test } from 'vitest';
import { z } from 'zod';
import { seededRng } from '../../../core/random/rng.ts';
import { SlowStart, slowStartSchema } from '../../../router/filter/slow-start.ts';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import { Router } from '../../../router/router.ts';
import { request } from '../../contract/policy-contract.ts';
import { DrivenPolicy, tableOf } from '../policy/driven-policy.ts';

const settings = (params: object) => slowStartSchema(z).parse({ windowS: 10, ...params });

/** The share of 4000 requests to which endpoint 0 is offered. */
const offered = (filter: SlowStart, nowMs: number): number =>
  Array.from({ length: 4000 }, (_, id) => filter.admits(0, { ...request, id }, nowMs)).filter(Boolean).length / 4000;

/** A filter of which endpoint 0 came back, and a request began at `atMs`. */
const ramping = (params: object, atMs = 1000): SlowStart => {
  const filter = new SlowStart(settings(params));
  const driven = new DrivenPolicy('random', tableOf(2));
  filter.observe({ kind: 'available', endpoint: 0, isAvailable: true });
  filter.observe({ kind: 'began', attempt: driven.begin(1), nowMs: atMs });
  return filter;
};

test('offers a tenth at once, half after half of the window, and all after it', () => {
  const filter = ramping({});
  for (const [nowMs, share] of [
    [1000, 0.1],
    [1500, 0.1],
    [6000, 0.5],
    [10_000, 0.9],
  ] as const) {
    expect(Math.abs(offered(filter, nowMs) - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 4000));
  }
  const driven = new DrivenPolicy('random', tableOf(2));
  filter.observe({ kind: 'began', attempt: driven.begin(1), nowMs: 11_000 });
  expect(filter.admitsAll).toBe(true);
});

test('with aggression 2 it is at (1/4)^(1/2) after a quarter of the window', () => {
  expect(Math.abs(offered(ramping({ aggression: 2 }), 3500) - 0.5)).toBeLessThan(0.04);
});

test('endpoints that were there at the start do not ramp, and no window is no ramp', () => {
  expect(new SlowStart(settings({})).admitsAll).toBe(true);
  expect(ramping({ windowS: 0 }).admitsAll).toBe(true);
});

test('it yields: alone, an endpoint that comes back takes every request', () => {
  const filter = new SlowStart(settings({}));
  const endpoints = tableOf(1);
  const router = new Router({
    endpoints,
    policy: createPolicy('random'),
    rng: seededRng(1)('policy'),
    filters: [filter],
    observers: [filter],
  });
  router.setAvailable(0, false);
  router.setAvailable(0, true);
  for (let id = 0; id < 50; id++) expect(router.begin({ ...request, id }, id).kind).toBe('attempt');
});

test('behind a router it takes its share of a fleet', () => {
  const filter = new SlowStart(settings({}));
  const endpoints = tableOf(2);
  const router = new Router({
    endpoints,
    policy: createPolicy('round-robin'),
    rng: seededRng(1)('policy'),
    filters: [filter],
    observers: [filter],
  });
  router.setAvailable(0, false);
  router.setAvailable(0, true);
  let taken = 0;
  for (let id = 0; id < 1000; id++) {
    const attempt = router.begin({ ...request, id }, 0);
    if (attempt.kind === 'attempt' && attempt.endpoint === 0) taken++;
  }
  expect(Math.abs(taken - 50)).toBeLessThan(4 * Math.sqrt(1000 * 0.05 * 0.95)); // half of a tenth
});
