import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { withTable } from '../../../benchmarks/suites/generated-tables.ts';
import { SUITES } from '../../../benchmarks/suites/registry.ts';
import type { SuiteResult } from '../../../benchmarks/suites/suite-result.ts';
import { comparisonTable, suiteMarkdown, suiteTable } from '../../../benchmarks/suites/suite-table.ts';

const row = (name: string, unit: string, value: number) => ({ case: name, unit, value, isLowerBetter: true });

const RESULT: SuiteResult = {
  ...{ schema: 1, suite: 'micro', machine: 'm', loadAverage: [1.25, 2], date: '2026-01-02T00:00:00Z', commit: 'abc' },
  rows: [
    row('frames: parse', 'ns', 1234.6),
    row('frames: parse', 'bytes', 0),
    row('pick: random, N = 4', 'ns', 40),
    row('pick: random, N = 4', 'bytes', 64),
    row('pick: random, N = 16', 'ns', 0.0123),
  ],
};

describe('a result', () => {
  test('is a table with a row a case and a column a unit, and says where and when', () => {
    expect(suiteTable(RESULT)).toEqual([
      'micro                     ns  bytes',
      '────────────────────  ──────  ─────',
      'frames: parse          1,235      0',
      'pick: random, N = 4       40     64',
      'pick: random, N = 16  0.0123',
      '',
      'm; load average 1.3 before, 2.0 after; 2026-01-02; commit abc',
    ]);
  });

  test('has cases that differ by size alone in one row of Markdown', () => {
    expect(suiteMarkdown(RESULT)).toBe(
      [
        '| case | ns | bytes |',
        '| --- | --: | --: |',
        '| frames: parse | 1,235 | 0 |',
        '',
        '| case | ns, N = 4 | bytes, N = 4 | ns, N = 16 |',
        '| --- | --: | --: | --: |',
        '| pick: random | 40 | 64 | 0.0123 |',
        '',
        '_m; load average 1.3 before, 2.0 after; 2026-01-02; commit abc_',
      ].join('\n'),
    );
  });

  test('stands beside that of another commit with the interval of the ratio', () => {
    const ratio = { value: 0.5, low: 0.45, high: 0.55, pairs: 6 };
    const lines = comparisonTable([{ case: 'a', unit: 'ns', here: 10, there: 20, ratio, verdict: 'better' }], 'main');
    expect(lines[2]).toMatch(/^a +ns +10 +20 +0\.500 +0\.450 to 0\.550 +better$/);
  });
});

describe('a document', () => {
  test('gets the table between its marks, again and again', () => {
    const document =
      'before\n<!-- bench:micro -->\nold\n<!-- /bench:micro -->\nafter\n<!-- bench:http -->\n<!-- /bench:http -->\n';
    const once = withTable(document, 'micro', '| a |')!;
    expect(once).toBe(
      'before\n<!-- bench:micro -->\n\n| a |\n\n<!-- /bench:micro -->\nafter\n<!-- bench:http -->\n<!-- /bench:http -->\n',
    );
    expect(withTable(once, 'micro', '| a |')).toBe(once);
  });

  test('without such a place, or with only its begin, stays as it is', () => {
    expect(withTable('text', 'micro', '| a |')).toBeNull();
    expect(withTable('<!-- bench:micro -->', 'micro', '| a |')).toBeNull();
  });
});

test('every benchmark of package.json is a suite', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = Object.keys(scripts).flatMap((script) => (script.startsWith('bench:') ? [script.slice(6)] : []));
  expect(SUITES.map(({ name }) => name).sort()).toEqual(['micro', ...named].sort());
});

test('every suite has a program, and a name of its own', () => {
  for (const { script } of SUITES) expect(existsSync(script), script).toBe(true);
  expect(new Set(SUITES.map(({ name }) => name)).size).toBe(SUITES.length);
});
