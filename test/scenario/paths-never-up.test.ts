import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pathsNeverUp } from '../../scenario/paths-never-up.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';

const TEXT = readFileSync('test/scenarios/pair.yaml', 'utf8');
const deadIn = (text: string) => {
  const scenario = parseScenario(text, 'x.yaml');
  return pathsNeverUp(scenario, topologyOf(scenario), { untilMs: 8000 });
};

describe('paths that are never up', () => {
  test('do not exist in a scenario whose dishes see satellites', () => {
    expect(deadIn(TEXT)).toEqual([]);
  });

  test('are those of a dish that is further north than its satellites are seen, with the reason', () => {
    const dead = deadIn(TEXT.replace('latDeg: 51.5074, lonDeg: -0.1278', 'latDeg: 64, lonDeg: -21'));
    expect(dead).toEqual([
      {
        path: 'ashburn/laser',
        because: 'site london at 64 degrees north sees no satellite: those are seen up to 62.2 degrees',
      },
    ]);
  });

  test('are those of users over Starlink there, and not those over fibre', () => {
    const dead = deadIn(TEXT.replace('latDeg: 6.5244', 'latDeg: -70'));
    expect(dead.map(({ path }) => path)).toEqual(['lagos/access']);
    expect(dead[0]!.because).toContain('site lagos at 70 degrees south');
  });

  test('are those whose outage lasts as long as the run', () => {
    const outage = (toS: number) => `${TEXT}paths:\n  london/ashburn: { outages: [{ fromS: 0, toS: ${toS} }] }\n`;
    expect(deadIn(outage(8)).map(({ path }) => path)).toEqual(['ashburn/fibre', 'ashburn/laser']);
    expect(deadIn(outage(7.9))).toEqual([]);
  });
});
