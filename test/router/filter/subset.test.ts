import { expect, test } from 'vitest';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { Subset } from '../../../router/filter/subset.ts';

const tableOf = (nodes: number): EndpointTable =>
  new EndpointTable(
    Array.from({ length: nodes * 2 }, (_, index) => ({
      name: `n${index >> 1}/${index & 1}`,
      node: `n${index >> 1}`,
      medium: index & 1 ? 'laser' : 'fibre',
    })),
  );

const nodesIn = (subset: Subset, table: EndpointTable): number[] => [
  ...new Set([...table.nodeOf].filter((_, endpoint) => subset.admits(endpoint))),
];

test('admits every path to so many nodes, the same each time', () => {
  const table = tableOf(30);
  const subset = new Subset(table, { size: 5, router: 'a' });
  const nodes = nodesIn(subset, table);
  expect(nodes.length).toBe(5);
  for (const node of nodes) expect([subset.admits(node * 2), subset.admits(node * 2 + 1)]).toEqual([true, true]);
  expect(nodesIn(new Subset(tableOf(30), { size: 5, router: 'a' }), table)).toEqual(nodes);
});

test('a hundred routers use every node about equally: 5 of 30 nodes each within 4 standard deviations', () => {
  const table = tableOf(30);
  const uses = new Array<number>(30).fill(0);
  for (let router = 0; router < 300; router++) {
    for (const node of nodesIn(new Subset(table, { size: 5, router: `r${router}` }), table))
      uses[node] = uses[node]! + 1;
  }
  for (const count of uses) expect(Math.abs(count - 50)).toBeLessThan(4 * Math.sqrt(300 * (1 / 6) * (5 / 6)));
});

test('when a node goes one takes its place, and it comes back with it', () => {
  const table = tableOf(30);
  const subset = new Subset(table, { size: 5, router: 'a' });
  const before = nodesIn(subset, table);
  const gone = before[2]!;
  const set = (endpoint: number, isAvailable: boolean): void => {
    table.setAvailable(endpoint, isAvailable);
    subset.observe({ kind: 'available', endpoint, isAvailable });
  };
  set(gone * 2, false);
  expect(nodesIn(subset, table)).toEqual(before); // its other path is there
  set(gone * 2 + 1, false);
  const without = nodesIn(subset, table);
  expect(without.length).toBe(5);
  expect(without.filter((node) => !before.includes(node)).length).toBe(1);
  set(gone * 2, true);
  expect(nodesIn(subset, table)).toEqual(before);
});

test('a subset of all admits all', () => {
  const subset = new Subset(tableOf(3), { size: 3, router: 'a' });
  expect(subset.admitsAll).toBe(true);
});
