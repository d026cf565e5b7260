import { expect, test } from 'vitest';
import { z } from 'zod';
import { firstTokenSchema } from '../../../router/attempt/first-token-schema.ts';
import { hedgeSchema } from '../../../router/attempt/hedge-schema.ts';
import { withoutEffect } from '../../../router/attempt/without-effect.ts';

const MIXED = [
  { node: 'a', medium: 'fibre' },
  { node: 'a', medium: 'laser' },
  { node: 'b', medium: 'fibre' },
];

const settings = ({ hedge = {}, timeout = 'never', maxAttempts = 2 }: Given) => ({
  maxAttempts,
  hedge: hedgeSchema(z).parse(hedge),
  firstTokenTimeout: firstTokenSchema(z).parse(timeout),
});

interface Given {
  readonly hedge?: object;
  readonly timeout?: unknown;
  readonly maxAttempts?: number;
}

const linesOf = (given: Given, endpoints = MIXED, knowsHandovers = true) =>
  withoutEffect(settings(given), { endpoints, knowsHandovers });

const AFTER_100 = { after: { ms: 100 } };

test.each<[given: Given, endpoints: typeof MIXED]>([
  [{ maxAttempts: 1 }, MIXED],
  [{}, MIXED.slice(0, 1)],
  [{ hedge: AFTER_100 }, MIXED],
  [{ hedge: AFTER_100 }, MIXED.slice(0, 2)],
  [{ hedge: { ...AFTER_100, disjoint: 'node' } }, MIXED.slice(1)],
  [{ hedge: AFTER_100, timeout: { ms: 200 } }, MIXED],
  [{ hedge: { boundaryMs: 500 }, timeout: { timesPredicted: 2 } }, MIXED],
])('settings that do something have no line: %j', (given, endpoints) => {
  expect(linesOf(given, endpoints)).toEqual([]);
});

test('one attempt in all leaves none for a hedge, nor after a time-out', () => {
  expect(linesOf({ hedge: AFTER_100, timeout: { ms: 200 }, maxAttempts: 1 })).toEqual([
    'hedge has no effect: maxAttempts is 1, expected at least 2',
    'firstTokenTimeout has no effect: maxAttempts is 1, expected at least 2',
  ]);
});

test('where there is one endpoint, there is nowhere else', () => {
  expect(linesOf({ timeout: { ms: 200 } }, MIXED.slice(0, 1))).toEqual([
    'firstTokenTimeout has no effect: there is no other endpoint',
  ]);
});

test('a hedge over another medium, or to another node, needs one', () => {
  const fibres = MIXED.filter(({ medium }) => medium === 'fibre');
  expect(withoutEffect(settings({ hedge: AFTER_100 }), { endpoints: fibres, knowsHandovers: true }, 'router.')).toEqual(
    [
      'router.hedge has no effect: router.hedge.disjoint is medium, and all endpoints are over fibre; expected node or any',
    ],
  );
  expect(linesOf({ hedge: { ...AFTER_100, disjoint: 'node' } }, MIXED.slice(0, 2))).toEqual([
    'hedge has no effect: hedge.disjoint is node, and all endpoints are of a; expected medium or any',
  ]);
});

test('a hedge before hand-overs needs to know of them, and one after a time needs that time', () => {
  expect(linesOf({ hedge: { boundaryMs: 500 } }, MIXED, false)).toEqual([
    'hedge.boundaryMs has no effect: nothing is known of when paths change',
  ]);
  expect(linesOf({ hedge: AFTER_100, timeout: { ms: 100 } })).toEqual([
    'hedge.after has no effect: an attempt is given up after 100 ms, and the second one begins after 100',
  ]);
});

test('a time-out that goes by predictions needs a policy that predicts', () => {
  const given = settings({ timeout: { timesPredicted: 2 } });
  expect(withoutEffect(given, { endpoints: MIXED, knowsHandovers: true, predictsNothing: 'peak-ewma' })).toEqual([
    'firstTokenTimeout has no effect: peak-ewma predicts no first token; expected ms, or ephemeris',
  ]);
});
