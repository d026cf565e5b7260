import { type AssumptionsOf, numberOf } from './assumption.ts';
import { usesLasers } from './used-media.ts';

/** The rates of the terminals of sites. */
export const laserRate: AssumptionsOf = (scenario) => {
  if (!usesLasers(scenario)) return [];
  const { upKbps, downKbps } = scenario.network.laser;
  return [
    {
      name: 'laser-rate',
      title: 'rates of laser paths, times those of the scenario',
      usual: '1',
      values: ['0.1', '4'],
      source:
        'an assumption: with 0.1 a terminal has about the rates that were measured for dishes of users (Michel, IMC 2022)',
      set: (value) => {
        const factor = numberOf(value, { name: 'laser-rate', least: 0.001, most: 1000 });
        return [
          `network.laser.upKbps=${Math.round(upKbps * factor)}`,
          `network.laser.downKbps=${Math.round(downKbps * factor)}`,
        ];
      },
    },
  ];
};
