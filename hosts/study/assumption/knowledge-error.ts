import { type AssumptionsOf, beside, numberOf } from './assumption.ts';

/** How wrong the delays are that the router knows ahead. */
export const knowledgeError: AssumptionsOf = ({ router: { knowledge } }) => {
  if (knowledge.kind !== 'ephemeris') return [];
  const usual = `${knowledge.errorUs / 1000}`;
  return [
    {
      name: 'knowledge-error',
      title: 'ms of error of round trips that the router knows ahead, standard deviation',
      usual,
      values: beside(usual, ['0', '10']),
      source: 'an assumption: 10 ms is about the median jump between slots of a measured dish (netem/data/README.md)',
      set: (value) => [
        `router.knowledge.errorUs=${1000 * numberOf(value, { name: 'knowledge-error', least: 0, most: 10_000 })}`,
      ],
    },
  ];
};
