import { expect, test } from 'vitest';
import { WaitTally } from '../../report/wait-tally.ts';

const waits = (...of: readonly Parameters<WaitTally['add']>[0][]): WaitTally => {
  const tally = new WaitTally();
  for (const wait of of) tally.add(wait);
  return tally;
};

test('waits are of measured requests only, and a wait in vain ranks above those that were not', () => {
  const tally = waits(
    { request: 0, waitedMs: 9000, end: 'placed' },
    { request: 5, waitedMs: 100, end: 'placed' },
    { request: 6, waitedMs: 300, end: 'placed' },
    { request: 7, waitedMs: 0, end: 'full' },
    { request: 8, waitedMs: 5000, end: 'timeout' },
    { request: 9, waitedMs: 40, end: 'gone' },
  );
  const figures = tally.figures(20, (request) => request >= 5);
  expect(figures).toMatchObject({ waited: 2, share: 0.1, shed: 1, timedOut: 1, gone: 1 });
  expect(figures?.waitMs).toMatchObject({ n: 4, censored: 2, p99: null, max: 300 });
});

test('a run in which nothing waited has no figures of it', () => {
  expect(waits().figures(20, () => true)).toBeNull();
  expect(waits({ request: 0, waitedMs: 1, end: 'placed' }).figures(20, () => false)).toBeNull();
});

test('tallies of two parts of a run merge into that of the whole', () => {
  const [one, other] = [
    waits({ request: 1, waitedMs: 10, end: 'placed' }),
    waits({ request: 2, waitedMs: 20, end: 'placed' }),
  ];
  one.merge(other);
  expect(one.figures(2, () => true)?.waitMs).toMatchObject({ n: 2, max: 20 });
});
