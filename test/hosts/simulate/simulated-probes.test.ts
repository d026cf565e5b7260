import { readFileSync } from 'node:fs';
import { SimulatedCall } from '../../../hosts/simulate/simulated-call.ts';
import { simulatedParts } from '../../../hosts/simulate/simulated-parts.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import { ON_ITS_OWN } from '../../../workload/schedule.ts';
import { probingContract } from '../../contract/probing-contract.ts';

const scenario = parseScenario(readFileSync('test/scenarios/pair.yaml', 'utf8'), 'pair.yaml', {});

probingContract('the simulator', (policy) => {
  const { routers } = simulatedParts({ scenario, topology: topologyOf(scenario), policy: 'random', emit: () => {} });
  const parts = routers[0]!;
  const { clock, router } = parts;
  router.replace(policy);
  const request = { id: 1, client: 'london', promptTokens: 100, outputTokens: 5, maxOutputTokens: 20, ...ON_ITS_OWN };
  return {
    send: () => void new SimulatedCall({ ...request, atMs: clock.now() }, parts, () => {}),
    pass: (ms) => void clock.runUntil(clock.now() + ms),
    reportedAtMs: (endpoint) => router.endpoints.nodes.reportedAtMs[router.endpoints.nodeOf[endpoint]!]!,
    close: () => {},
  };
});
