import { expect, test } from 'vitest';
import { reloadKey, reloadMarks, reloadsOf } from '../../report/reload-marks.ts';

const subset = { key: 'router.subset', from: 'all', to: 1 } as const;
const codes = { key: 'router.retry.codes', from: '["UNAVAILABLE"]', to: null } as const;

test('a reload is told with its time, its router and what changed, and that figures are of all together', () => {
  const reloads = reloadsOf([
    { kind: 'reloaded', atMs: 2500.04, router: 'europe', changes: [subset, codes] },
    { kind: 'reloaded', atMs: 1000, changes: [subset] },
  ]);
  expect(reloadMarks(reloads)).toEqual([
    'at 1.00 s the router went on with router.subset all -> 1',
    'at 2.50 s router europe went on with router.subset all -> 1, router.retry.codes ["UNAVAILABLE"] -> nothing',
    'its figures are of all these configurations together',
  ]);
  expect(reloadMarks([])).toEqual([]);
});

test('runs whose routers were told the same in the same order may be compared, whatever the instants', () => {
  const told = (atMs: number, router: string, change: typeof subset | typeof codes) => ({
    atMs,
    router,
    changes: [change],
  });
  const one = reloadKey([told(1, 'a', subset), told(2, 'b', subset), told(3, 'b', codes)]);
  expect(reloadKey([told(5, 'b', subset), told(5.5, 'a', subset), told(9, 'b', codes)])).toBe(one);
  expect(reloadKey([told(1, 'a', subset), told(2, 'b', codes), told(3, 'b', subset)])).not.toBe(one);
  expect(reloadKey([])).not.toBe(one);
});
