import { constellationName } from '../netem/sky/orbit/constellation-name.ts';
import { sunlitSites } from '../report/links/sunlit-sites.ts';
import { assumptionsOf } from '../report/outlook/assumptions.ts';
import type { Outlook } from '../report/outlook/outlook.ts';
import { loadTable, uptimeTable } from '../report/outlook/outlook-tables.ts';
import { evenSplitNotes, outlookWarnings } from '../report/outlook/outlook-warnings.ts';
import { textTable } from '../report/text-table.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Topology } from '../scenario/topology.ts';
import { engineOptionsOf } from '../services/node/engine-options.ts';

/** What `validate` says of a valid scenario. */
interface Validation {
  readonly file: string;
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly outlook: Outlook;
  /** What of the trace of its load was left out or assumed. */
  readonly traceRemarks: readonly string[];
  readonly warnings: readonly string[];
  readonly assumed: readonly string[];
}

export const validationOf = (
  checked: Pick<Validation, 'file' | 'scenario' | 'topology' | 'outlook' | 'traceRemarks'>,
): Validation => ({
  ...checked,
  warnings: outlookWarnings(checked.scenario, checked.topology, checked.outlook),
  assumed: assumptionsOf(checked.scenario),
});

/** For people. */
export const validationText = (validation: Validation): readonly string[] => {
  const { file, scenario, topology, outlook, traceRemarks, warnings, assumed } = validation;
  const { load, untilMs } = outlook;
  const { endpoints, clients, nodes } = topology;
  const parts = [
    `${Object.keys(scenario.sites).length} sites`,
    `${clients.length} clients`,
    `${nodes.length} nodes`,
    `${endpoints.length} endpoints (${endpoints.map(({ name }) => name).join(', ')})`,
  ];
  const [paths, busy] = [uptimeTable(outlook), loadTable(load)];
  const lengths = `${load.promptTokens.toFixed(0)} prompt and ${load.outputTokens.toFixed(0)} answer tokens`;
  return [
    `${file}: ${scenario.name} is valid: ${parts.join(', ')}`,
    ...nodeLines(scenario),
    ...orbitLines(scenario),
    ...topology.remarks.filter((remark) => !warnings.includes(remark)).map((remark) => `  ${remark}`),
    '',
    `Paths over ${untilMs / 1000} s from ${scenario.epoch}; ${constellationName(scenario.network.constellation)}`,
    ...textTable(paths.columns, paths.rows),
    '',
    `Load: ${load.users === null ? '' : `${load.users} users, about `}${Number(load.requestsPerS.toFixed(3))} requests a second, at the mean ${lengths}; all nodes together serve about ${load.servedPerS.toFixed(1)}/s`,
    ...textTable(busy.columns, busy.rows),
    ...[...evenSplitNotes(load), ...traceRemarks].map((line) => `note: ${line}`),
    '',
    'Assumed:',
    ...assumed.map((line) => `  ${line}`),
    ...(warnings.length === 0 ? [] : ['', ...warnings.map((line) => `warning: ${line}`)]),
  ];
};

/** For machines. Times are in seconds, shares 0 to 1. */
export const validationJson = (validation: Validation): string => {
  const { file, scenario, topology, outlook, traceRemarks, warnings, assumed } = validation;
  const { paths, load, untilMs, elements } = outlook;
  const said = {
    file,
    scenario: scenario.name,
    hash: scenario.hash,
    constellation: constellationName(scenario.network.constellation),
    spanS: untilMs / 1000,
    remarks: [...topology.remarks, ...traceRemarks],
    elements,
    paths: [...paths].map(([path, { upShare, longestOutage, downShareBy, isSampled }]) => ({
      path,
      upShare,
      longestOutage:
        longestOutage === null ? null : { fromS: longestOutage.fromMs / 1000, forS: longestOutage.forMs / 1000 },
      downShareBy,
      isSampled,
    })),
    load,
    assumed,
    warnings,
  };
  return `${JSON.stringify(said, null, 2)}\n`;
};

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
