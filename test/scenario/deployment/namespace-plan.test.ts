import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NetworkName } from '../../../scenario/deployment/environment.ts';
import {
  accessDoors,
  endpointDoors,
  hostOn,
  namespacePlan,
  routerPart,
  USERS,
} from '../../../scenario/deployment/namespace-plan.ts';
import { readScenario } from '../../../scenario/io/scenario-file.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import { linksOf, topologyOf } from '../../../scenario/topology.ts';
import { generatedScenario } from './generated-scenario.ts';

const TWO = 'test/scenarios/two-routers.yaml';

const plansOf = (scenario: Scenario) => {
  const topology = topologyOf(scenario);
  const parts = [...topology.routers.map(routerPart), USERS, ...topology.nodes.map(({ name }) => name)];
  return { topology, plans: parts.map((part) => ({ part, ...namespacePlan(topology, part) })) };
};

const everyPathOnce = (scenario: Scenario): void => {
  const { topology, plans } = plansOf(scenario);
  const links = linksOf(topology);
  const directions = [...links.keys()].flatMap((path) => [`${path}/forward`, `${path}/back`]).toSorted();

  const departures = plans.flatMap((plan) => plan.departures);
  expect(departures.map(({ link }) => link).toSorted()).toEqual(directions);
  for (const { link, model } of departures) {
    const [, path, direction] = /^(.*)\/(forward|back)$/.exec(link)!;
    expect(model).toBe(links.get(path!)![direction as 'forward' | 'back']);
  }

  const arrivals = plans.flatMap((plan) => plan.arrivals);
  expect(arrivals.map(({ path }) => path).toSorted()).toEqual([...links.keys()].toSorted());
  for (const { path, links: played } of arrivals) {
    expect(played.forward).toBe(links.get(path)!.forward);
    expect(played.back).toBe(links.get(path)!.back);
  }
};

/** Every path is probed from one end, at the port where the other end answers. */
const everyPathProbedOnce = (scenario: Scenario): void => {
  const { topology, plans } = plansOf(scenario);
  const probed = plans.flatMap((plan) => plan.probed);
  expect(probed.map(({ path }) => path).toSorted()).toEqual([...linksOf(topology).keys()].toSorted());
  const answered = plans.flatMap(({ part, arrivals }) =>
    arrivals.map(({ path, network, probePort }) => `${path} ${hostOn(network as NetworkName, part)} ${probePort}`),
  );
  expect(probed.map(({ path, host, port }) => `${path} ${host} ${port}`).toSorted()).toEqual(answered.toSorted());
};

/** The fields by which the kernel distinguishes departures. */
const tellsApart = (scenario: Scenario): void => {
  const { plans } = plansOf(scenario);
  for (const { departures, arrivals } of plans) {
    const matches = departures.flatMap(({ network, peer, ports }) =>
      [ports?.load, ports?.probes].map((port, kind) => [network, peer, kind, ports?.at, port].join(' ')),
    );
    expect(new Set(matches).size).toBe(matches.length);
    const doors = arrivals.flatMap(({ network, port, probePort }) => [`${network} ${port}`, `${network} ${probePort}`]);
    expect(new Set(doors).size).toBe(doors.length);
  }
};

describe('the links that agents of a topology play', () => {
  test.each(['scenarios/atlantic.yaml', 'scenarios/orbital.yaml', 'test/scenarios/pair.yaml', TWO])(
    'are every direction of every path of %s exactly once, with netem or relays',
    (file) => {
      everyPathOnce(readScenario(file));
      tellsApart(readScenario(file));
    },
  );

  test('are so for any nodes, media and users', { timeout: 180_000 }, () => {
    fc.assert(
      fc.property(generatedScenario, (scenario) => {
        everyPathOnce(scenario);
        everyPathProbedOnce(scenario);
        tellsApart(scenario);
      }),
      { numRuns: 25 },
    );
  });

  test('leave a site with a dish over its uplink, and only over lasers', () => {
    const { plans } = plansOf(readScenario('test/scenarios/pair.yaml'));
    const uplinks = plans.flatMap(({ departures }) => departures.map(({ link, uplink }) => [link, uplink?.name]));
    expect(uplinks.filter(([, uplink]) => uplink !== undefined)).toEqual([
      ['ashburn/laser/forward', 'london/up'],
      ['ashburn/laser/back', 'ashburn/up'],
    ]);
  });

  test('connect the two ends of one network', () => {
    const { plans } = plansOf(readScenario('test/scenarios/pair.yaml'));
    const of = (name: string) => plans.find(({ part }) => part === name)!;
    expect(of('ashburn').departures.map(({ link, network, peer }) => [link, network, peer])).toEqual([
      ['ashburn/fibre/back', 'fibre', 'router.fibre'],
      ['ashburn/laser/back', 'laser', 'router.laser'],
    ]);
    expect(of('users').departures.map(({ link, peer, ports }) => [link, peer, ports?.at, ports?.load])).toEqual([
      ['london/access/forward', 'router.access', 'destination', 50_052],
      ['lagos/access/forward', 'router.access', 'destination', 50_053],
    ]);
    expect(of('users').arrivals).toEqual([]);
    expect(of('router').arrivals.map(({ path, port, targetPort }) => [path, port, targetPort])).toEqual([
      ['london/access', 50_052, 50_051],
      ['lagos/access', 50_053, 50_051],
    ]);
  });

  test('lead from each of several routers to a node at a port of its own, and from each group of users to its router', () => {
    const { topology, plans } = plansOf(readScenario(TWO));
    const of = (name: string) => plans.find(({ part }) => part === name)!;
    expect(of('ashburn').departures.map(({ link, peer }) => [link, peer])).toEqual([
      ['europe/ashburn/fibre/back', 'router-europe.fibre'],
      ['europe/ashburn/laser/back', 'router-europe.laser'],
      ['america/ashburn/fibre/back', 'router-america.fibre'],
      ['america/ashburn/laser/back', 'router-america.laser'],
    ]);
    expect(
      of('frankfurt').arrivals.map(({ path, port, targetPort, probePort }) => [path, port, targetPort, probePort]),
    ).toEqual([
      ['europe/frankfurt/fibre', 50_051, 50_051, 40_000],
      ['america/frankfurt/fibre', 50_052, 50_051, 40_001],
    ]);
    expect(of('router-america').arrivals.map(({ path, port }) => [path, port])).toEqual([['new-york/access', 50_053]]);
    expect(of('users').departures.map(({ link, peer, ports }) => [link, peer, ports?.load])).toEqual([
      ['london/access/forward', 'router-europe.access', 50_052],
      ['new-york/access/forward', 'router-america.access', 50_053],
      ['lagos/access/forward', 'router-europe.access', 50_054],
    ]);
    expect(accessDoors(topology).get('new-york')).toMatchObject({ host: 'router-america.access', port: 50_053 });
    expect(endpointDoors(topology).get('america/ashburn/laser')).toMatchObject({ host: 'ashburn.laser', port: 50_052 });
  });
});
