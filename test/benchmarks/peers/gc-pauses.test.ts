import { expect, it } from 'vitest';
import { NO_PAUSES, pausesWithin } from '../../../benchmarks/peers/gc-pauses.ts';

const DIARY = '90.000 50.000 scavenge\n100.500 1.250 scavenge\n150.000 4.000 other\n200.000 9.000 other\n';

it('counts the pauses that began within two instants, and no other', () => {
  expect(pausesWithin(DIARY, 100, 199)).toEqual({ count: 2, maxMs: 4, maxScavengeMs: 1.25 });
});

it('counts nothing in an empty diary', () => {
  expect(pausesWithin('', 0, 1e9)).toEqual(NO_PAUSES);
});
