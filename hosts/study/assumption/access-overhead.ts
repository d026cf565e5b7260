import { populationOf } from '../../../netem/links/dish-population.ts';
import type { AccessOverhead } from '../../../netem/links/effect/overhead.ts';
import { type AssumptionsOf, numberOf, yamlOf } from './assumption.ts';
import { scaledOverhead } from './scaled-overhead.ts';
import { usesDishes } from './used-media.ts';

/** What the dishes of users add; clients that the scenario gives an overhead of their own keep it. */
export const accessOverhead: AssumptionsOf = (scenario) => {
  if (!usesDishes(scenario)) return [];
  const { overhead, population } = scenario.network.access.starlink;
  const measured = populationOf('well-served')!.like.map(usualUs);
  const factorOf = (us: number): string => (us / usualUs(overhead)).toFixed(2);
  const others = populationOf(population);
  return [
    {
      name: 'access-overhead',
      title: 'what dishes of users add, times that of the scenario',
      usual: '1',
      values: others === null ? [factorOf(Math.min(...measured)), factorOf(Math.max(...measured))] : ['0.8', '1.25'],
      source:
        others === null
          ? 'the least and the most of ten measured sites (netem/data/README.md)'
          : 'the scatter of dishes around their sites (netem/data/README.md)',
      set: (value) => {
        const factor = numberOf(value, { name: 'access-overhead', least: 0, most: 100 });
        if (others === null) return [`network.access.starlink.overhead=${yamlOf(scaledOverhead(overhead, factor))}`];
        const like = others.like.map((dish) => scaledOverhead(dish, factor));
        return [`network.access.starlink.population=${yamlOf({ like, spread: others.spread })}`];
      },
    },
  ];
};

/** What is added to a round trip, without rare long draws. */
const usualUs = ({ floorUs, heldMedianUs, uplinkWaitUs, variedMedianUs, jitterUs }: AccessOverhead): number =>
  2 * (floorUs + heldMedianUs + jitterUs) + uplinkWaitUs / 2 + variedMedianUs;
