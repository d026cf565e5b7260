import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BUNDLED_TRACES, isBundledTrace } from '../../workload/bundled-traces.ts';

test('the bundled traces are the files of their folder', () => {
  const files = readdirSync('workload/traces').filter((name) => name.endsWith('.csv'));
  expect(files).toEqual(BUNDLED_TRACES.map((name) => `${name}.csv`));
  expect(isBundledTrace('toString')).toBe(false);
});
