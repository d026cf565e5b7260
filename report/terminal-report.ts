import { energyLegend, energyTable } from './energy-table.ts';
import type { PolicySummary, Summary } from './summary.ts';
import { type Column, textTable } from './text-table.ts';

/** The summary as a person reads it in a terminal: what ran, latencies by policy, where requests went, what to doubt. */
export const terminalReport = (summary: Summary): readonly string[] => {
  const policies = Object.entries(summary.policies);
  const energy = energyTable(policies);
  return [
    headline(summary),
    profileLine(summary),
    '',
    ...textTable(LATENCY_COLUMNS, policies.map(latencyRow)),
    '',
    ...textTable(...shares(policies)),
    '',
    ...energy,
    ...warnings(policies),
    'TTFT: first token after the intended start, ms. E2E: last token, ms. goodput: requests/s that met every objective ' +
      `(TTFT ${summary.slo.ttftMs} ms, TPOT ${summary.slo.tpotMs} ms).`,
    'delay error: one-way router to node, realised minus planned, ms. probe error: round trips of probes beside the load.',
    ...(energy.length === 0 ? [] : [energyLegend]),
  ];
};

const headline = ({ scenario, host, shaper, constellation, seed, commit, valid }: Summary): string =>
  `${scenario.name} (${scenario.hash.slice(0, 12)}) on host ${host}, shaper ${shaper}, ${constellation}, ` +
  `seed ${seed}, commit ${commit}: ${valid ? 'valid' : 'INVALID'}`;

/** Which nodes are what: a figure is no better than the profile it rests on. */
const profileLine = ({ profiles }: Summary): string =>
  [...Map.groupBy(Object.keys(profiles), (node) => profiles[node]!)]
    .map(([profile, nodes]) => `${nodes.join(', ')}: ${profile}`)
    .join('; ');

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });

const LATENCY_COLUMNS: readonly Column[] = [
  left('policy'),
  ...['TTFT p50', 'p95', 'p99', 'E2E p99', 'TPOT p50', 'goodput', 'attained', 'requests', 'failed'].map(right),
  right('delay error p50'),
  right('p99'),
  right('probe error p50'),
  right('p99'),
];

const latencyRow = ([name, policy]: readonly [string, PolicySummary]): readonly string[] => [
  name,
  ms(policy.ttftMs.p50),
  ms(policy.ttftMs.p95),
  ms(policy.ttftMs.p99),
  ms(policy.e2eMs.p99),
  ms(policy.tpotMs.p50),
  `${policy.goodput.toFixed(2)}/s`,
  percent(policy.attainment),
  String(policy.requests),
  String(policy.requests - policy.answered),
  signed(policy.delayErrorMs.p50),
  signed(policy.delayErrorMs.p99),
  signed(policy.probeErrorMs.p50),
  signed(policy.probeErrorMs.p99),
];

const shares = (
  policies: readonly (readonly [string, PolicySummary])[],
): [readonly Column[], readonly (readonly string[])[]] => {
  const media = names(policies.flatMap(([, policy]) => Object.keys(policy.byMedium)));
  const endpoints = names(policies.flatMap(([, policy]) => Object.keys(policy.byEndpoint)));
  const share = (of: PolicySummary['byMedium'], name: string): string => percent(of[name]?.share ?? 0);
  return [
    [left('share of requests'), ...policies.map(([name]) => right(name))],
    [
      ...media.map((name) => [`all ${name}`, ...policies.map(([, policy]) => share(policy.byMedium, name))]),
      ...endpoints.map((name) => [name, ...policies.map(([, policy]) => share(policy.byEndpoint, name))]),
    ],
  ];
};

const warnings = (policies: readonly (readonly [string, PolicySummary])[]): readonly string[] => {
  const reasons = policies.flatMap(([name, policy]) =>
    policy.invalidBecause.map((reason) => `INVALID ${name}: ${reason}`),
  );
  const notes = Map.groupBy(
    policies.flatMap(([name, policy]) => policy.notes.map((note) => ({ name, note }))),
    ({ note }) => note,
  );
  const noted = [...notes].map(([note, at]) => `note ${at.map(({ name }) => name).join(', ')}: ${note}`);
  const said = [...reasons, ...noted];
  return said.length === 0 ? [] : [...said, ''];
};

const names = (all: readonly string[]): readonly string[] => [...new Set(all)].sort();
const ms = (value: number | null): string => (value === null ? '-' : value.toFixed(value < 100 ? 1 : 0));
const signed = (value: number | null): string => (value === null ? '-' : `${value >= 0 ? '+' : ''}${value.toFixed(2)}`);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
