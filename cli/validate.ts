import { Command } from 'commander';
import { sunlitSites } from '../report/links/sunlit-sites.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { traceOf } from '../scenario/io/trace-of.ts';
import { pathsNeverUp } from '../scenario/paths-never-up.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { topologyOf } from '../scenario/topology.ts';
import { engineOptionsOf } from '../services/node/engine-options.ts';
import { deadPathLine } from './dead-path-line.ts';

export const validateCommand = (): Command =>
  new Command('validate')
    .description('Check a scenario, and say what it resolves to.')
    .argument('<file>', 'the scenario, a YAML file')
    .action((file: string) => {
      const scenario = readScenario(file);
      const topology = topologyOf(scenario);
      const { nodes, endpoints, clients } = topology;
      traceOf(scenario);
      const parts = [
        `${Object.keys(scenario.sites).length} sites`,
        `${clients.length} clients`,
        `${nodes.length} nodes`,
        `${endpoints.length} endpoints (${endpoints.map(({ name }) => name).join(', ')})`,
      ];
      process.stdout.write(`${file}: ${scenario.name} is valid: ${parts.join(', ')}\n`);
      const dead = pathsNeverUp(scenario, topology, { untilMs: (scenario.durationS + scenario.drainS) * 1000 });
      const warnings = dead.map((path) => `  ${deadPathLine(path)}`);
      const remarks = topology.remarks.map((remark) => `  ${remark}`);
      const lines = [...nodeLines(scenario), ...orbitLines(scenario), ...remarks, ...warnings];
      for (const line of lines) process.stdout.write(`${line}\n`);
    });

/** One line for each node of the file: its profile, and how far that is to be trusted. */
const nodeLines = ({ nodes }: Scenario): readonly string[] =>
  Object.entries(nodes).map(([name, config]) => {
    const { id, grade, source } = engineOptionsOf(config, `nodes.${name}`).profile;
    return `  ${name}: ${id}, grade ${grade}: ${source}`;
  });

/** One line for each site in orbit. */
const orbitLines = ({ sites, network, epochUnixMs }: Scenario): readonly string[] => {
  const places = Object.entries(sites).flatMap(([name, { satellite }]) =>
    satellite === undefined ? [] : [{ name, satellite }],
  );
  return sunlitSites({ constellation: network.constellation, epochUnixMs, places, spanMs: DAY_MS }).map(
    ({ name, satellite, share }) =>
      `  ${name}: satellite ${satellite}, in sunlight ${(share * 100).toFixed(0)} % of the first day`,
  );
};

const DAY_MS = 86_400_000;
