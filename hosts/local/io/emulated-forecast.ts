import { type Forecast, linkForecast } from '../../../router/endpoint/forecast.ts';
import type { StandalonePlan } from '../../../router/standalone/standalone-plan.ts';
import { emulatedEndpoint } from '../../../scenario/emulated-endpoint.ts';
import { readScenario } from '../../../scenario/io/scenario-file.ts';
import { emulatedTopology } from './emulated-paths.ts';

/** What the router may know of the paths of a plan, as its scenario says; null where it knows nothing. */
export const emulatedForecast = ({ emulated, endpoints }: StandalonePlan): Forecast | null => {
  if (emulated === null) return null;
  const scenario = readScenario(emulated.scenario);
  const { knowledge } = scenario.router;
  if (knowledge.kind === 'none') return null;
  const topology = emulatedTopology(scenario);
  const paths = endpoints.map((endpoint) => emulatedEndpoint(topology, endpoint).links.foreseen);
  return linkForecast(paths, knowledge, scenario.seed);
};
