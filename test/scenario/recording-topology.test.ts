import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { geometryOf } from '../../scenario/geometry-of.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { linksOf, recordingTopology, topologyOf } from '../../scenario/topology.ts';

test('paths are recorded in small pieces that report progress, and stay the same', () => {
  const scenario = parseScenario(readFileSync('test/scenarios/pair.yaml', 'utf8'), 'pair.yaml');
  const untilMs = 600_000;
  const geometry = geometryOf({ ...scenario, durationS: 600, drainS: 0 });
  const work = recordingTopology(topologyOf(scenario, undefined, geometry), untilMs, geometry);
  const shares: number[] = [];
  let step = work.next();
  while (step.done !== true) {
    shares.push(step.value);
    step = work.next();
  }
  expect(shares.length).toBeGreaterThan(40); // so that signals get in, often
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
  const plain = linksOf(topologyOf(scenario));
  for (const [name, { forward, back }] of linksOf(step.value)) {
    for (let atMs = 0; atMs < untilMs; atMs += 7777) {
      expect(forward.stateAt(atMs)).toEqual(plain.get(name)!.forward.stateAt(atMs));
      expect(back.stateAt(atMs)).toEqual(plain.get(name)!.back.stateAt(atMs));
    }
  }
});
