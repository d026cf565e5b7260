import { type AssumptionsOf, numberOf, yamlOf } from './assumption.ts';
import { scaledOverhead } from './scaled-overhead.ts';
import { usesLasers } from './used-media.ts';

/** What the terminals of sites add to a laser path. */
export const laserOverhead: AssumptionsOf = (scenario) => {
  if (!usesLasers(scenario)) return [];
  const { overhead } = scenario.network.laser;
  return [
    {
      name: 'laser-overhead',
      title: 'what terminals of sites add, times that of the scenario',
      usual: '1',
      values: ['0', '10'],
      source: 'nothing is published; dishes of users add about ten times the default (netem/data/README.md)',
      set: (value) => {
        const factor = numberOf(value, { name: 'laser-overhead', least: 0, most: 100 });
        return [`network.laser.overhead=${yamlOf(scaledOverhead(overhead, factor))}`];
      },
    },
  ];
};
