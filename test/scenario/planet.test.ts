import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allCities } from '../../report/links/io/cities.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { topologyOf } from '../../scenario/topology.ts';
import { planetScenario } from '../../scenarios/planet/planet-scenario.ts';

const PLANET = 'scenarios/planet.yaml';

test('scenarios/planet.yaml is what its generator writes', () => {
  expect(readFileSync(PLANET, 'utf8') === planetScenario(allCities()), 'run npm run generate').toBe(true);
});

describe('the planet', () => {
  const scenario = readScenario(PLANET);
  const { nodes, routers, clients, endpoints } = topologyOf(scenario);

  test('has a thousand nodes of seven providers at a hundred sites, and a hundred routers at 20,000 requests a second', () => {
    expect(nodes).toHaveLength(1000);
    expect(new Set(nodes.map(({ config }) => config.provider)).size).toBe(7);
    expect(new Set(nodes.map(({ site }) => site)).size).toBe(100);
    expect([routers.length, clients.length, scenario.load.ratePerS]).toEqual([100, 100, 20_000]);
  });

  test('has a router in each region, which its users call unless they are behind a dish', () => {
    expect(routers.map(({ site }) => site)).toEqual(Object.values(scenario.clients).map(({ site }) => site));
    for (const { name, router } of clients) {
      if (scenario.clients[name]!.access.kind === 'fibre') expect(router).toBe(name);
    }
  });

  test('shares the links of two sites among all nodes there', () => {
    expect(endpoints.length).toBeGreaterThan(10_000);
    expect(new Set(endpoints.map(({ links }) => links)).size).toBeLessThan(endpoints.length / 5);
  });
});
