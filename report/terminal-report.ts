import { differenceLines } from './difference-lines.ts';
import { energyLegend, energyTable } from './energy-table.ts';
import { OTHERS } from './group/group-figures.ts';
import { groupTables } from './group/group-table.ts';
import type { GroupingName } from './group/registry.ts';
import { intervalLegend, intervalTable } from './interval-table.ts';
import { latencyText } from './latency-text.ts';
import { regretLegend, regretTable } from './regret/regret-table.ts';
import { repetitionLegend, repetitionTable } from './repetition-table.ts';
import type { Repetitions } from './repetitions-schema.ts';
import type { GroupFigures, RunFigures, RunResult, Summary } from './summary-schema.ts';
import { type Column, textTable } from './text-table.ts';
import { untilLine } from './until.ts';

/** The summary for a terminal: what ran, latencies by run, where requests went, figures by the groups asked for, and reasons for doubt. */
export const terminalReport = (
  summary: Summary,
  { by = [] }: { readonly by?: readonly GroupingName[] } = {},
): readonly string[] => {
  const { runs, repetitions } = summary;
  if (repetitions !== undefined) return repeatedReport(summary, repetitions, by);
  const energy = energyTable(runs);
  const intervals = intervalTable(runs);
  const regret = regretTable(runs);
  const columns = COLUMNS.filter(({ isOf }) => isOf === undefined || runs.some(({ figures }) => isOf(figures)));
  return [
    headline(summary),
    profileLine(summary),
    '',
    ...textTable(
      [left('policy'), ...columns.map(({ title }) => right(title))],
      runs.map(({ key, figures }) => [key.variant, ...columns.map(({ cell }) => cell(figures))]),
    ),
    '',
    ...intervals,
    ...shares(runs),
    '',
    ...regret,
    ...groupTables(runs, by),
    ...energy,
    ...warnings(runs),
    ...legend(runs),
    ...(intervals.length === 0 ? [] : [intervalLegend]),
    ...(regret.length === 0 ? [] : [regretLegend]),
    ...(energy.length === 0 ? [] : [energyLegend]),
  ];
};

const repeatedReport = (summary: Summary, repetitions: Repetitions, by: readonly GroupingName[]): readonly string[] => [
  headline(summary),
  profileLine(summary),
  '',
  ...repetitionTable(repetitions, summary.runs),
  '',
  ...regretTable(summary.runs),
  ...groupTables(summary.runs, by),
  ...differenceLines(repetitions.differences),
  ...(repetitions.until === undefined ? [] : [untilLine(repetitions.until, repetitions.asked), '']),
  ...repeatedWarnings(summary),
  ...legend(summary.runs).slice(0, 1),
  repetitionLegend,
  ...(regretTable(summary.runs).length === 0 ? [] : [regretLegend]),
];

/** Notes of many runs differ by their figures only: those of a run are beside it, in `repetitions/`. */
const repeatedWarnings = ({ invalidBecause, runs }: Summary): readonly string[] => {
  const shown = invalidBecause.slice(0, MOST_REASONS).map((reason) => `INVALID ${reason}`);
  const more = invalidBecause.length - shown.length;
  if (more > 0) shown.push(`INVALID ... and ${more} more reasons: see summary.json`);
  shown.push(...saturatedNotes(runs));
  return shown.length === 0 ? [] : [...shown, ''];
};

const saturatedNotes = (runs: readonly RunResult[]): readonly string[] =>
  [...Map.groupBy(runs, ({ key }) => key.variant)].flatMap(([variant, of]) => {
    const saturated = of.filter(({ figures }) => figures.saturation !== null).length;
    if (saturated === 0) return [];
    return [`note ${variant}: saturated in ${saturated} of ${of.length} runs, so longer runs have larger figures`];
  });

const MOST_REASONS = 10;

const headline = ({ scenario, host, shaper, constellation, commit, valid, runs, missingRuns = 0 }: Summary): string => {
  const seeds = someOf(runs.map(({ key }) => `${key.seed}`));
  const hashes = someOf(runs.map(({ conditions }) => conditions.hash.slice(0, 12)));
  const dataPaths = [
    ...new Set(runs.flatMap(({ conditions: { dataPath } }) => (dataPath === null ? [] : [`data path ${dataPath}, `]))),
  ];
  return (
    `${scenario.name} (${hashes}) on host ${host}, shaper ${shaper}, ${dataPaths.join('')}${constellation}, ` +
    `seed ${seeds}, commit ${commit ?? 'unknown'}: ${valid ? 'valid' : 'INVALID'}` +
    (missingRuns > 0 || runs.some(({ partial }) => partial) ? ', partial' : '')
  );
};

const someOf = (names: readonly string[]): string => {
  const all = [...new Set(names)];
  return all.length > 3 ? `${all[0]} and ${all.length - 1} more` : all.join(', ');
};

/** The profile of each node: a figure is no better than the profile that it uses. */
const profileLine = ({ profiles }: Summary): string =>
  [...Map.groupBy(Object.keys(profiles), (node) => profiles[node]!)]
    .map(([profile, nodes]) => `${listed(nodes)}: ${profile}`)
    .join('; ');

const listed = (names: readonly string[]): string =>
  names.length <= MOST_NAMES
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;

const MOST_NAMES = 20;

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });

interface FigureColumn {
  readonly title: string;
  readonly cell: (figures: RunFigures) => string;
  /** Shown only when this is true for a run; always when it is left out. */
  readonly isOf?: (figures: RunFigures) => boolean;
}

const hasProbes = ({ probeErrorMs }: RunFigures): boolean => probeErrorMs.n > 0;

/** Response and service time are told apart where they differ: the p99 of E2E by 1 %. */
const hasLeftLate = ({ e2eMs, e2eFromSendMs }: RunFigures): boolean =>
  e2eMs.p99 !== null && e2eFromSendMs.p99 !== null && e2eMs.p99 > 1.01 * e2eFromSendMs.p99;

const hasGaps = ({ itlMs }: RunFigures): boolean => itlMs !== null;

const hasWaits = ({ waits }: RunFigures): boolean => waits !== null && waits.waitMs.n > 0;

const COLUMNS: readonly FigureColumn[] = [
  { title: 'TTFT p50', cell: ({ ttftMs }) => latencyText(ttftMs, 'p50') },
  { title: 'p95', cell: ({ ttftMs }) => latencyText(ttftMs, 'p95') },
  { title: 'p99', cell: ({ ttftMs }) => latencyText(ttftMs, 'p99') },
  { title: 'E2E p99', cell: ({ e2eMs }) => latencyText(e2eMs, 'p99') },
  { title: 'from send', cell: ({ e2eFromSendMs }) => latencyText(e2eFromSendMs, 'p99'), isOf: hasLeftLate },
  { title: 'TPOT p50', cell: ({ tpotMs }) => latencyText(tpotMs, 'p50') },
  { title: 'ITL p99', cell: ({ itlMs }) => (itlMs === null ? '-' : latencyText(itlMs, 'p99')), isOf: hasGaps },
  { title: 'stalls', cell: ({ stalled }) => (stalled === null ? '-' : percent(stalled)), isOf: hasGaps },
  { title: 'goodput', cell: ({ goodputPerS }) => (goodputPerS === null ? '-' : `${goodputPerS.toFixed(2)}/s`) },
  { title: 'attained', cell: ({ attainment }) => (attainment === null ? '-' : percent(attainment)) },
  { title: 'waited', cell: ({ waits }) => (waits === null ? '-' : percent(waits.share)), isOf: hasWaits },
  { title: 'wait p99', cell: ({ waits }) => (waits === null ? '-' : latencyText(waits.waitMs, 'p99')), isOf: hasWaits },
  { title: 'requests', cell: ({ requests }) => String(requests) },
  { title: 'failed', cell: ({ failed }) => String(failed) },
  ...(['refused', 'cancelled', 'dropped', 'open', 'interrupted'] as const).map(
    (outcome): FigureColumn => ({
      title: outcome,
      cell: (figures) => String(figures[outcome]),
      isOf: (figures) => figures[outcome] > 0,
    }),
  ),
  { title: 'delay error p50', cell: ({ delayErrorMs }) => signed(delayErrorMs.p50) },
  { title: 'p99', cell: ({ delayErrorMs }) => signed(delayErrorMs.p99) },
  { title: 'probe error p50', cell: ({ probeErrorMs }) => signed(probeErrorMs.p50), isOf: hasProbes },
  { title: 'p99', cell: ({ probeErrorMs }) => signed(probeErrorMs.p99), isOf: hasProbes },
];

const shares = (runs: readonly RunResult[]): readonly string[] => {
  const shareIn = (figures: RunFigures, key: GroupingName, name: string): number => figures.by[key]?.[name]?.share ?? 0;
  const named = (key: GroupingName): readonly string[] =>
    [...new Set(runs.flatMap(({ figures }) => Object.keys(figures.by[key] ?? {})))].sort();
  const row = (key: GroupingName, name: string): readonly string[] =>
    runs.map(({ figures }) => percent(shareIn(figures, key, name)));
  const rows = (key: GroupingName, most: number, title: (name: string) => string = (name) => name) => {
    const names = named(key);
    if (names.length <= most) return names.map((name) => [title(name), ...row(key, name)]);
    const largest = (name: string): number => Math.max(...runs.map(({ figures }) => shareIn(figures, key, name)));
    const shown = names
      .filter((name) => name !== OTHERS)
      .sort((a, b) => largest(b) - largest(a))
      .slice(0, most);
    const others = names.filter((name) => !shown.includes(name));
    const rest = runs.map(({ figures }) => percent(shareOf(figures.by[key] ?? {}, others)));
    return [
      ...shown.map((name) => [title(name), ...row(key, name)]),
      [title(others.includes(OTHERS) ? 'all others' : `${others.length} others`), ...rest],
    ];
  };
  const isSeveral = named('router').length > 0;
  return textTable(
    [left('share of requests'), ...runs.map(({ key }) => right(key.variant))],
    [
      ...rows('medium', MEDIA, (name) => `all ${name}`),
      ...rows('router', MOST_ROWS, (name) => `router ${name}`),
      ...rows('endpoint', isSeveral ? MOST_ROWS : Number.POSITIVE_INFINITY),
    ],
  );
};

/** From the counts: thousands of rounded shares add up to something else. */
const shareOf = (groups: Readonly<Record<string, GroupFigures>>, names: readonly string[]): number => {
  const sum = (some: readonly string[]): number => some.reduce((all, name) => all + (groups[name]?.requests ?? 0), 0);
  return sum(names) / Math.max(1, sum(Object.keys(groups)));
};

const MEDIA = 2;

/** Of several routers, each with endpoints of its own, the largest are shown: summary.json has all. */
const MOST_ROWS = 16;

const warnings = (runs: readonly RunResult[]): readonly string[] => {
  const reasons = runs.flatMap(({ key, invalidBecause }) =>
    invalidBecause.map((reason) => `INVALID ${key.variant}: ${reason}`),
  );
  const notes = Map.groupBy(
    runs.flatMap(({ key, notes: said }) => said.map((note) => ({ variant: key.variant, note }))),
    ({ note }) => note,
  );
  const noted = [...notes].map(([note, at]) => `note ${at.map(({ variant }) => variant).join(', ')}: ${note}`);
  const said = [...reasons, ...noted];
  return said.length === 0 ? [] : [...said, ''];
};

const legend = (runs: readonly RunResult[]): readonly string[] => {
  const { slo } = runs[0]!.conditions;
  const isCensored = runs.some(({ figures: { ttftMs, e2eMs } }) => ttftMs.censored + e2eMs.censored > 0);
  return [
    'TTFT: first token after the intended start, ms. E2E: last token, ms. goodput: requests/s that met every objective ' +
      `(TTFT ${slo.ttftMs} ms, TPOT ${slo.tpotMs} ms).`,
    ...(runs.some(({ figures }) => hasLeftLate(figures))
      ? ['from send: E2E p99 after the moment of sending, the service time: the load left later than intended.']
      : []),
    ...(isCensored
      ? [
          '> t: the percentile falls on requests without a first token, or without a whole answer; t is the largest seen.',
        ]
      : []),
    'delay error: one-way router to node, realised minus planned, ms, of prompts of one TCP window. probe error: round trips of probes beside the load.',
  ];
};

const signed = (value: number | null): string => (value === null ? '-' : `${value >= 0 ? '+' : ''}${value.toFixed(2)}`);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
