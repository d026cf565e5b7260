import { linkForecast } from '../../../router/endpoint/forecast.ts';
import type { ForecastOf } from '../../../router/standalone/io/run-worker.ts';
import { emulatedEndpoint } from '../../../scenario/emulated-endpoint.ts';
import { readScenario } from '../../../scenario/io/scenario-file.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import type { Topology } from '../../../scenario/topology.ts';
import { emulatedTopology } from './emulated-paths.ts';

/**
 * What the router may know of the paths of its plans, as their scenario says; null where it knows nothing. The scenario is read once: the
 * relays do not change either, and no request should wait for that when a plan is loaded again.
 */
export const emulatedForecasts = (): ForecastOf => {
  let known: { readonly scenario: Scenario; readonly topology: Topology } | null = null;
  return ({ emulated, endpoints }) => {
    if (emulated === null) return null;
    if (known === null) {
      const scenario = readScenario(emulated.scenario);
      known = { scenario, topology: emulatedTopology(scenario) };
    }
    const { scenario, topology } = known;
    const { knowledge } = scenario.router;
    if (knowledge.kind === 'none') return null;
    const paths = endpoints.map((endpoint) => emulatedEndpoint(topology, endpoint).links.foreseen);
    return linkForecast(paths, knowledge, scenario.seed);
  };
};
