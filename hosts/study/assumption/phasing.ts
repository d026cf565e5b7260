import { PRESETS } from '../../../netem/sky/orbit/presets.ts';
import { type AssumptionsOf, beside, numberOf } from './assumption.ts';
import { usesDishes, usesLasers } from './used-media.ts';

/** How the planes of a shell are phased against each other: Walker's F. No operator publishes it. */
export const phasing: AssumptionsOf = (scenario) => {
  const { constellation } = scenario.network;
  const isKnown = constellation.tle !== undefined || constellation.parity !== 'none';
  if (isKnown || !(usesLasers(scenario) || usesDishes(scenario))) return [];
  const { planes, phasing: own } = (constellation.shells ?? PRESETS[constellation.preset])[0]!;
  const usual = `${constellation.phasing ?? own}`;
  return [
    {
      name: 'phasing',
      title: 'Walker’s F of every shell',
      usual,
      values: beside(usual, ['0', `${Math.round((planes * 5) / 8)}`]),
      source:
        'not public; London-Johannesburg has its shortest paths at F = 0 and its longest at 45 of 72 (netem/sky/orbit/presets.ts)',
      set: (value) => [
        `network.constellation.phasing=${Math.round(numberOf(value, { name: 'phasing', least: 0, most: 1000 }))}`,
      ],
    },
  ];
};
