import type { RunResult } from '../summary-schema.ts';
import type { ReportedFolder } from './contender.ts';
import { html, type Markup } from './markup.ts';
import { clockText, listed } from './quantities.ts';

/** What was run, so that it can be run again. */
export const aboutSection = (
  folders: readonly ReportedFolder[],
): Markup => html`<section class="plain" aria-labelledby="about"><h2 id="about">What was run</h2>
${folders.map((folder) =>
  folders.length === 1 ? facts(folder) : html`<h3>${folder.name}</h3>${facts(folder)}`,
)}</section>`;

const facts = ({ name, summary, writtenAt }: ReportedFolder): Markup => {
  const { scenario, host, shaper, constellation, profiles, commit, machine, runs } = summary;
  const of = (value: (run: RunResult) => string, most = 6): string => listed([...new Set(runs.map(value))], most);
  const nodes = [...Map.groupBy(Object.keys(profiles), (node) => profiles[node]!)].map(
    ([profile, those]) => `${listed(those)}: ${profile}`,
  );
  const first = runs[0]!.conditions;
  const rows: readonly (readonly [string, string])[] = [
    ['scenario', scenario.name],
    ['hash of the scenario', `${of(({ conditions }) => conditions.hash, 3)} (SHA-256, after overrides)`],
    ['seed', of(({ key }) => String(key.seed), 12)],
    [
      'load',
      `${first.ratePerS} requests/s for ${clockText(first.durationMs / 1000)}, of which ${clockText(first.warmUpMs / 1000)} warm-up`,
    ],
    ['host', HOSTS[host]],
    ['what delayed the bytes', shaper],
    ['data path', of(({ conditions }) => conditions.dataPath ?? 'none: simulated')],
    ['constellation', constellation],
    ['nodes', nodes.join('; ')],
    ['commit', commit ?? 'not known'],
    ['machine', machine],
    ['results written', writtenAt],
    ['folder', name],
  ];
  return html`<dl>${rows.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;
};

const HOSTS: Readonly<Record<ReportedFolder['summary']['host'], string>> = {
  simulate: 'simulate: in memory, in virtual time',
  local: 'local: processes of one machine, real gRPC over relays',
  compose: 'compose: containers, real gRPC',
};
