import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../core/random/rng.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { playedPaths } from '../../../hosts/simulate/played-paths.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';

const PAIR = readFileSync('test/scenarios/pair.yaml', 'utf8')
  .replace('frankfurt: { site: frankfurt, media: [fibre]', 'frankfurt: { site: frankfurt, media: [fibre, laser]')
  .replace('lonDeg: 8.6821 }', 'lonDeg: 8.6821, terminal: true }');

/** When a message of 1400 bytes from the router reaches each node, sent to both at once over an uplink of a megabit a second. */
const arriveAtMs = (laser: string): readonly [ashburn: number, frankfurt: number] => {
  const scenario = parseScenario(`${PAIR}\nnetwork: { laser: { upKbps: 1000, lossRate: 0${laser} } }\n`, 'pair.yaml');
  const clock = new VirtualClock();
  const { endpoints: paths } = playedPaths({
    scenario,
    topology: topologyOf(scenario),
    clock,
    rng: seededRng(scenario.seed),
  });
  const atMs = { ashburn: Number.NaN, frankfurt: Number.NaN };
  clock.runUntil(5000);
  for (const node of ['ashburn', 'frankfurt'] as const) {
    paths.get(`${node}/laser`)!.connection.forward.send(1400, (dueMs) => {
      atMs[node] = dueMs;
    });
  }
  clock.runUntil(10_000);
  return [atMs.ashburn, atMs.frankfurt];
};

describe('simulated laser paths of one site', () => {
  test('share the uplink of its dish, or have one each', () => {
    const [shared, apart] = [arriveAtMs(''), arriveAtMs(', sharedDish: false')];
    expect(shared[0]).toBe(apart[0]);
    const onTheWireMs = ((1400 + 66) * 8) / 1000;
    expect(shared[1] - apart[1]).toBeCloseTo(onTheWireMs, 6);
  });
});
