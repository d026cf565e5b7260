import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nodeFaultsOf, pathFaultsOf, routerRestartsOf } from '../../scenario/faults-plan.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { linksOf, topologyOf } from '../../scenario/topology.ts';

const text = readFileSync('test/scenarios/pair.yaml', 'utf8');
const withTimeline = (...entries: readonly string[]) =>
  parseScenario(
    `${text}\nfaults:\n  token: a-token-of-this-test\n  timeline:\n${entries.map((entry) => `    - ${entry}\n`).join('')}`,
    'x.yaml',
  );
const mistakeOf = (entry: string): string => {
  try {
    withTimeline(entry);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
};

const LINES = text.split('\n').length + 4;

describe('a timeline of faults', () => {
  test('says what happens to each node, path and the router, in run time and with defaults', () => {
    const scenario = withTimeline(
      '{ atS: 2, node: ashburn, kind: crash }',
      '{ atS: 1, forS: 0.5, node: ashburn, kind: fail }',
      '{ atS: 3, forS: 1, path: ashburn/laser, kind: down }',
      '{ atS: 4, router: true, kind: restart }',
    );
    expect(nodeFaultsOf(scenario, 'ashburn')).toEqual([
      { atMs: 1000, durationMs: 500, fault: { kind: 'fail', code: 14, share: 1 } },
      { atMs: 2000, durationMs: 0, fault: { kind: 'crash', delayMs: 0 } },
    ]);
    expect(nodeFaultsOf(scenario, 'frankfurt')).toEqual([]);
    expect(pathFaultsOf(scenario, 'ashburn/laser')).toEqual([{ kind: 'down', fromMs: 3000, toMs: 4000 }]);
    expect(routerRestartsOf(scenario, 'router')).toEqual([4000]);
  });

  test('takes both directions of its path down, which no forecast knows of', () => {
    const links = linksOf(topologyOf(withTimeline('{ atS: 1, forS: 2, path: ashburn/fibre, kind: blackhole }')));
    const { forward, back, foreseen } = links.get('ashburn/fibre')!;
    for (const link of [forward, back])
      expect([999, 1000, 2999, 3000].map((atMs) => link.stateAt(atMs).up)).toEqual([true, false, false, true]);
    expect(foreseen.forward.stateAt(2000).up).toBe(true);
    expect(links.get('frankfurt/fibre')!.forward.stateAt(2000).up).toBe(true);
  });

  test.each([
    ['{ atS: 1, forS: 2, kind: slow }', 'happens to nothing, expected one of node, path and router'],
    ['{ atS: 1, forS: 2, node: ashburn, router: true, kind: slow }', 'happens to node and router'],
    ['{ atS: 1, forS: 2, node: ashbrun, kind: slow }', 'is "ashbrun", which is no node; did you mean "ashburn"'],
    ['{ atS: 1, forS: 2, path: ashburn/copper, kind: down }', 'is "ashburn/copper", which is no path'],
    ['{ atS: 1, forS: 2, node: ashburn, kind: restart }', 'is restart, which cannot happen to a node'],
    ['{ atS: 1, forS: 2, path: london/access, kind: down }', 'is down, which cannot happen to a path london/access'],
    ['{ atS: 1, router: true, kind: crash }', 'is crash, which cannot happen to a router; expected one of restart'],
    ['{ atS: 1, node: ashburn, kind: hang }', 'is missing, expected how long the hang lasts'],
    ['{ atS: 1, path: ashburn/fibre, kind: down }', 'is missing, expected how long the down lasts'],
    ['{ atS: 1, forS: 2, node: ashburn, kind: goaway }', 'is 2 s, but a goaway takes none'],
    ['{ atS: 1, forS: 2, node: ashburn, kind: crash }', 'is 2 s, but a crash takes none'],
    ['{ atS: 1, forS: 2, node: ashburn, kind: drain }', 'is 2 s, but a drain takes none'],
    ['{ atS: 1, forS: 2, router: true, kind: restart }', 'is 2, but a restart takes none'],
    ['{ atS: 1, forS: 2, node: ashburn, kind: hang, share: 0.5 }', 'is given, but a hang has none'],
    ['{ atS: 1, forS: 2, path: ashburn/fibre, kind: down, share: 0.5 }', 'is given, but only faults of nodes have it'],
    ['{ atS: 1, forS: 2, node: ashburn, kind: power-cap }', 'is missing, expected what the devices may draw'],
  ])('%s is a mistake with a position', (entry, message) => {
    const said = mistakeOf(entry);
    expect(said).toContain(message);
    expect(said).toContain('faults.timeline[0]');
    expect(said).toMatch(new RegExp(`x\\.yaml:${LINES}:\\d+`));
  });
});
