import { describe, expect, test } from 'vitest';
import { NodeChanges } from '../../report/node-changes.ts';

type Change = Parameters<NodeChanges['add']>[0];

const condition = (
  atMs: number,
  now: 'serving' | 'draining' | 'unwell',
  cause: 'order' | 'power' | 'fault' | null,
): Change => ({
  kind: 'condition',
  atMs,
  node: 'ashburn',
  condition: now,
  cause,
});
const linesOf = (...changes: readonly Change[]): readonly string[] => {
  const nodes = new NodeChanges();
  for (const change of changes) nodes.add(change);
  return nodes.lines();
};

describe('what happened to nodes in a run', () => {
  test('is a line each with its times, whatever the order of the log', () => {
    expect(
      linesOf(
        condition(9000, 'draining', 'order'),
        condition(5000, 'serving', null),
        condition(2000, 'unwell', 'power'),
      ),
    ).toEqual(['ashburn was unwell (power) from 2.0 s to 5.0 s', 'ashburn was draining (order) from 9.0 s to the end']);
  });

  test('counts from the start of the run where it was so before, and is not told of an injected fault', () => {
    expect(linesOf(condition(-60, 'unwell', 'power'))).toEqual(['ashburn was unwell (power) from 0.0 s to the end']);
    expect(linesOf(condition(-60, 'unwell', 'fault'))).toEqual([]);
  });

  test('leaves out what was over as it began: a node that starts serves when the run begins', () => {
    expect(linesOf(condition(-900, 'unwell', 'power'), condition(0.4, 'serving', null))).toEqual([]);
  });

  test('is the same from the parts of a run that are merged', () => {
    const [whole, some, others] = [new NodeChanges(), new NodeChanges(), new NodeChanges()];
    for (const [index, change] of [condition(2000, 'unwell', 'power'), condition(5000, 'serving', null)].entries()) {
      whole.add(change);
      (index === 0 ? some : others).add(change);
    }
    others.merge(some);
    expect(others.lines()).toEqual(whole.lines());
    expect(whole.lines()).toHaveLength(1);
  });

  test('takes no room without end', () => {
    const nodes = new NodeChanges();
    for (let atMs = 0; atMs < 100_000; atMs += 10)
      nodes.add(atMs % 20 === 0 ? condition(atMs, 'unwell', 'power') : condition(atMs, 'serving', null));
    expect(nodes.lines().length).toBeLessThan(1002);
    expect(nodes.lines().at(-1)).toBe('nodes changed 9000 times more');
  });
});
