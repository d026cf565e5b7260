import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runPlan } from '../../hosts/run-plan.ts';
import { fibreDelayUs } from '../../netem/sky/path/fibre-delay.ts';
import { greatCircleKm } from '../../netem/sky/path/great-circle.ts';
import { checkPlayedLive, handOverOf } from '../../scenario/hand-over-of.ts';
import { nodePlansOf } from '../../scenario/node-plan.ts';
import { parseScenario, type Scenario } from '../../scenario/scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';

const pair = readFileSync('test/scenarios/pair.yaml', 'utf8');
const apart = ['nodes.ashburn.decodesAt=frankfurt'];
const near = [...apart, 'nodes.frankfurt.site=ashburn'];
const withSet = (...set: readonly string[]): Scenario => parseScenario(pair, 'pair.yaml', { set });
const planOf = (...set: readonly string[]) => {
  const scenario = withSet(...set);
  return handOverOf(scenario, nodePlansOf(scenario)[0]!.config)!;
};

describe('a node that hands answers over', () => {
  test('is none without the key', () => {
    const scenario = withSet();
    expect(handOverOf(scenario, scenario.nodes.ashburn!)).toBeNull();
    expect(topologyOf(scenario).remarks).toEqual([]);
    expect(() => checkPlayedLive(scenario)).not.toThrow();
  });

  test('sends over a cable as long as that of a path between the two sites, at an assumed rate, and says so', () => {
    const { sites, network } = withSet();
    const km = greatCircleKm(sites.ashburn as never, sites.frankfurt as never);
    expect(planOf(...apart)).toEqual({
      to: ['frankfurt'],
      transfer: { delayMs: fibreDelayUs(km, network.fibre.stretch) / 1e3, gbps: 100, kvBytesPerToken: 131_072 },
      isAssumed: true,
    });
    expect(topologyOf(withSet(...apart)).remarks).toEqual([
      'ashburn hands answers over to frankfurt at 100 Gbit/s, which is assumed, and 44.90 ms one way; grade C',
    ]);
  });

  test('sends within a site by the slower interconnect, without a delay', () => {
    expect(planOf(...near).transfer).toEqual({ delayMs: 0, gbps: 360 * 8, kvBytesPerToken: 131_072 });
    expect(planOf(...near, 'nodes.ashburn.transfer.gbps=25').transfer.gbps).toBe(25);
    expect(topologyOf(withSet(...near)).remarks).toEqual([
      'ashburn hands answers over to frankfurt at 2880 Gbit/s, as their interconnect has, and 0.00 ms one way; grade C',
    ]);
  });

  test('has all nodes of a count to choose from', () => {
    expect(planOf(...near, 'nodes.frankfurt.count=2').to).toEqual(['frankfurt-1', 'frankfurt-2']);
  });

  test.each([
    [
      ['nodes.ashburn.decodesAt=frankfort'],
      'nodes.ashburn.decodesAt is "frankfort", which is no key of nodes; did you mean "frankfurt"?',
    ],
    [
      ['nodes.ashburn.decodesAt=ashburn'],
      'nodes.ashburn.decodesAt is "ashburn", which is the node itself; expected another node',
    ],
    [
      [...apart, 'nodes.frankfurt.decodesAt=ashburn'],
      'nodes.ashburn.decodesAt is "frankfurt", which decodes at "ashburn" itself; expected a node without decodesAt',
    ],
    [
      [...apart, 'nodes.frankfurt.profile=b200x2-llama70b'],
      'nodes.ashburn.decodesAt is "frankfurt", which has 80 layers of 8192 with 327680 KV bytes a token, not 32 layers of 4096 with 131072 KV bytes a token; expected the same model at both',
    ],
    [
      [...apart, 'nodes.frankfurt.models=[llama]'],
      'nodes.ashburn.decodesAt is "frankfurt", which serves llama, not any model; expected the same models',
    ],
    [
      ['nodes.ashburn.transfer.gbps=25'],
      'nodes.ashburn.transfer is given without decodesAt; expected decodesAt, or no such key',
    ],
    [
      [...apart, 'sites.frankfurt={satellite: 3}', 'nodes.frankfurt.media=[laser]', 'network.constellation={}'],
      'nodes.ashburn.decodesAt is "frankfurt", but site "frankfurt" is in orbit; expected two sites on the ground, or one site',
    ],
  ])('is refused with %j', (set, message) => {
    expect(() => withSet(...set)).toThrow(message);
  });

  test('is played by the simulator alone', () => {
    const options = { file: 'test/scenarios/pair.yaml', policies: ['round-robin'], overrides: { set: apart } };
    expect(() => runPlan({ ...options, simulated: false })).toThrow(
      'nodes.ashburn.decodesAt is "frankfurt", which live nodes cannot play; expected no such key, or the command simulate',
    );
    expect(() => runPlan({ ...options, simulated: true })).not.toThrow();
  });
});
