import { Command } from 'commander';
import { readTrace } from '../benchmarks/workload/io/trace-file.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { topologyOf } from '../scenario/topology.ts';

export const validateCommand = (): Command =>
  new Command('validate')
    .description('Check a scenario, and say what it resolves to.')
    .argument('<file>', 'the scenario, a YAML file')
    .action((file: string) => {
      const scenario = readScenario(file);
      const { nodes, endpoints, clients } = topologyOf(scenario);
      readTrace(scenario.load.trace, file);
      const parts = [
        `${Object.keys(scenario.sites).length} sites`,
        `${clients.length} clients`,
        `${nodes.length} nodes`,
        `${endpoints.length} endpoints (${endpoints.map(({ name }) => name).join(', ')})`,
      ];
      process.stdout.write(`${file}: ${scenario.name} is valid: ${parts.join(', ')}\n`);
    });
