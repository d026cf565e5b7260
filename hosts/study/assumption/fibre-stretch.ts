import { type AssumptionsOf, beside, numberOf } from './assumption.ts';
import { usesCables } from './used-media.ts';

/** How much longer than the great circle cables are; single ones that the scenario gives a length of their own keep it. */
export const fibreStretch: AssumptionsOf = (scenario) => {
  if (!usesCables(scenario)) return [];
  const usual = `${scenario.network.fibre.stretch}`;
  return [
    {
      name: 'fibre-stretch',
      title: 'length of cables over the great circle',
      usual,
      values: beside(usual, ['1.1', '2.1']),
      source:
        'Hibernia Express, New York-London within 60 ms (2015); 2.1 is the rule of thumb of Bozkurt et al., arXiv 1811.10737',
      set: (value) => {
        const stretch = numberOf(value, { name: 'fibre-stretch', least: 1, most: 20 });
        return [`network.fibre.stretch=${stretch}`, `network.access.fibre.stretch=${stretch}`];
      },
    },
  ];
};
