import { planOf, type RunPlan } from '../../../hosts/run-plan.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { nodeRate } from '../../../report/outlook/node-rate.ts';
import { nodePlansOf } from '../../../scenario/node-plan.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { PredictionErrors, type PredictionFigures } from '../prediction-errors.ts';

/** The plan of a scenario, as a value that YAML can hold, under a seed. */
export const stalenessPlan = (scenario: object, seed: number): RunPlan =>
  planOf(parseScenario(JSON.stringify(scenario), 'staleness.json', { seed }), {
    overrides: { seed },
    commit: null,
    repetition: 1,
  });

/** How many requests a second the nodes of a plan sustain together, of the lengths of its load. */
export const sustainedPerS = ({ scenario, schedule }: RunPlan): number =>
  nodePlansOf(scenario).reduce(
    (sum, { config, name }) => sum + nodeRate(scenario, config, name, schedule).servedPerS,
    0,
  );

/** Runs a policy on it in virtual time. */
export const stalenessRun = ({ scenario, topology, schedule }: RunPlan, policy: string): PredictionFigures => {
  const errors = new PredictionErrors(1000 * scenario.warmUpS);
  for (const _ of simulate({ scenario, topology, schedule, policy, emit: (event) => errors.add(event) }));
  return errors.figures();
};
