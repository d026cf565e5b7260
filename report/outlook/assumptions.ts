import type { Scenario } from '../../scenario/scenario.ts';
import { engineOptionsOf } from '../../services/node/engine-options.ts';

/** What the figures of a scenario rest on that nobody measured for it, a line each: only what this scenario uses. */
export const assumptionsOf = (scenario: Scenario): readonly string[] => {
  const { sites, nodes, clients, network } = scenario;
  const { constellation, fibre } = network;
  const media = new Set(Object.values(nodes).flatMap(({ media }) => media));
  const access = new Set(Object.values(clients).map(({ access: { kind } }) => kind));
  const isInSpace = media.has('laser') || access.has('starlink');
  const when = (is: boolean, line: string): readonly string[] => (is ? [line] : []);
  return [
    ...when(
      isInSpace && constellation.tle === undefined && constellation.parity === 'none',
      'satellites fly as their shells were designed; how the planes are phased is not public',
    ),
    ...when(media.has('laser'), 'what terminals add to a laser path, and their rates, are assumed'),
    ...when(
      access.has('starlink'),
      'what a dish of users adds is fitted to measurements at ten sites; gateways are those of about 2023',
    ),
    ...when(
      media.has('fibre') || access.has('starlink'),
      `cables between sites are ${fibre.stretch} times as long as the great circle`,
    ),
    transportOf(network.transport),
    ...when(
      Object.values(sites).some(({ power }) => power !== undefined) ||
        Object.values(nodes).some(({ cooling }) => cooling !== undefined),
      'what nodes serve is without the limits of the power of their sites and of heat',
    ),
    ...when(
      Object.values(nodes).some(({ onDemand }) => onDemand !== undefined),
      'what nodes serve is without the time to load their weights, whose bandwidth the scenario gives',
    ),
    ...when(
      Object.values(nodes).some(({ apiServers }) => apiServers !== undefined),
      'how long a request keeps an API server busy is given by the scenario, and not measured',
    ),
    ...gradeC(scenario),
  ];
};

const transportOf = ({ model, initialWindowSegments, tickMs }: Scenario['network']['transport']): string =>
  model === 'tcp'
    ? `simulated connections follow rules of Linux TCP: a first window of ${initialWindowSegments} segments, timers in ticks of ${tickMs} ms`
    : 'simulated connections have no window, and a lost packet is one round trip late';

const gradeC = ({ nodes }: Scenario): readonly string[] => {
  const weak = Object.entries(nodes)
    .filter(([name, config]) => engineOptionsOf(config, `nodes.${name}`).profile.grade === 'C')
    .map(([name]) => name);
  return weak.length === 0 ? [] : [`the steps of ${weak.join(', ')} come from a datasheet: errors of 25 to 35 %`];
};
