import { expect, test } from 'vitest';
import { structureFaults } from '../../lint/structure-faults.ts';

const faultsOf = (files: Readonly<Record<string, string>>) => structureFaults(new Map(Object.entries(files)));

test('an import from a layer to the right is a fault, from one to the left is none', () => {
  const core = `export const now = 1;`;
  expect(faultsOf({ 'core/now.ts': core, 'router/pick.ts': `import { now } from '../core/now.ts';` })).toEqual([]);
  expect(faultsOf({ 'router/now.ts': core, 'core/pick.ts': `import { now } from '../router/now.ts';` })).toEqual([
    'core/pick.ts imports router/now.ts, which is a layer to its right',
  ]);
});

test('the floors of netem/ are layers too', () => {
  expect(
    faultsOf({ 'netem/sky/a.ts': `import type { B } from '../links/model/b.ts';`, 'netem/links/model/b.ts': '' }),
  ).toEqual(['netem/sky/a.ts imports netem/links/model/b.ts, which is a layer to its right']);
});

test('only a test, or a neighbour in its folder, imports a root', () => {
  const files = { 'cli/run.ts': '', 'cli/main.ts': `import { run } from './run.ts';` };
  expect(faultsOf({ ...files, 'test/cli/run.test.ts': `import { run } from '../../cli/run.ts';` })).toEqual([]);
  expect(faultsOf({ ...files, 'hosts/plan.ts': `import { run } from '../cli/run.ts';` })).toEqual([
    'hosts/plan.ts imports cli/run.ts, which is a root',
  ]);
});

test('a circle is a fault once, also one of types alone', () => {
  const files = {
    'core/a.ts': `import type { B } from './b.ts';`,
    'core/b.ts': `import { c } from './c.ts';`,
    'core/c.ts': `import type { A } from './a.ts';`,
  };
  expect(faultsOf(files)).toEqual(['a circle of imports: core/a.ts -> core/b.ts -> core/c.ts']);
});

test('a name that two files export is a fault; a constant and its type in one file are not', () => {
  expect(faultsOf({ 'core/a.ts': 'export const Place = 1;\nexport type Place = typeof Place;' })).toEqual([]);
  expect(
    faultsOf({ 'core/a.ts': 'export interface Place {}', 'netem/sky/b.ts': 'export async function Place() {}' }),
  ).toEqual(['Place is declared in core/a.ts and netem/sky/b.ts: one name, one thing']);
});
