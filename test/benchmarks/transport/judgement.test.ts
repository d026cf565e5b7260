import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { judge } from '../../../benchmarks/transport/judgement.ts';
import { parseKernelTable } from '../../../benchmarks/transport/kernel-table.ts';
import { Replays } from '../../../benchmarks/transport/replayed-case.ts';
import { ascending, quantile } from '../../../core/stats/quantile.ts';

const HEADER = 'case,bytes,n,p50_ms,p95_ms,p99_ms\n';

test('a bad line of the table is named with what was expected', () => {
  expect(() => parseKernelTable(`${HEADER}A/20/fresh,4,9,10.4,many,10.6`)).toThrow(
    'line 2 is "A/20/fresh,4,9,10.4,many',
  );
});

test('medians count by set, when they are within 5 % or what is allowed', () => {
  const rows = parseKernelTable(
    `${HEADER}A/20/fresh,4,9,10.4,10.8,11\nA/20/warm1,4,9,20,20,20\nC/20/150/tok,4,9,50,50,50`,
  );
  const cases = rows.map((row) => ({ row, p50Ms: 10, p95Ms: 20 }));
  expect(judge(cases, 0).get('A')?.p50).toEqual({ near: 1, of: 2 });
  expect(judge(cases, 0).get('C')?.p95).toEqual({ near: 0, of: 1 });
  expect(judge(cases, 10).get('A')?.p50).toEqual({ near: 2, of: 2 });
});

test('the medians of all measured cases without loss at 100 ms are within 2 %', () => {
  const table = parseKernelTable(readFileSync('benchmarks/transport/kernel-6.1-netem.csv', 'utf8'));
  const rows = table.filter(({ name }) => name.startsWith('A/100/'));
  const replays = new Replays({ tickMs: 10, times: 1 });
  const off = rows.filter((row) => Math.abs(quantile(ascending(replays.of(row)!), 0.5) / row.p50Ms - 1) > 0.02);
  expect(rows.length).toBe(54);
  expect(off.map(({ name, bytes }) => `${name} ${bytes}`)).toEqual([]);
});
