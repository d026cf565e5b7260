import { unitOf } from './case.ts';
import { joinedPauses, NO_PAUSES } from './gc-pauses.ts';
import { type CaseResult, DIRECT, type PeersResult, type ProxyResult, type RoundFigures } from './peers-result.ts';
import { addedMs, type ComparedProxies, costRatio, pairedText, verdictsOf } from './verdicts.ts';

/** The result as a page of Markdown: ratios first, then the targets, then the figures of each case. */
export const peersReport = (result: PeersResult, compared: ComparedProxies): string => {
  const { cases, skipped, isInterrupted } = result;
  return [
    '# Starlane beside other proxies',
    '',
    `Written by \`${result.command}\`; what it does is in [benchmarks/README.md](../README.md).`,
    ...(isInterrupted ? ['', '**Interrupted before its end.**'] : []),
    ...crowd(cases),
    '',
    ...head(result),
    ...(skipped.length === 0 ? [] : ['', ...skipped.map((line) => `- ${line}`)]),
    '',
    `## Processor time a request or message, of ${compared.reference}'s`,
    '',
    'Geometric means of the ratios of rounds, with a 95 % t interval.',
    '',
    ...ratioTable(cases, compared.reference),
    '',
    '## Targets',
    '',
    ...markdownTable(
      ['target', 'measured', ''],
      verdictsOf(result, compared).map(({ target, measured, verdict }) => [target, measured, verdict]),
    ),
    ...cases.flatMap((one) => ['', ...caseSection(one, result)]),
    '',
  ].join('\n');
};

/** A warning where others had the cores for much of the time. */
const crowd = (cases: readonly CaseResult[]): readonly string[] => {
  const rounds = cases.flatMap(({ results }) => results.flatMap((one) => one.rounds));
  const [ranMs, waitedMs] = [total(rounds, ({ cpuMs }) => cpuMs), total(rounds, (round) => round.waitedMs)];
  const share = waitedMs / (ranMs + waitedMs);
  if (!(share > MOST_WAITED)) return [];
  const percent = (100 * share).toFixed(0);
  return [
    '',
    `**A crowded machine**: others had the core in ${percent} % of the time in which the proxies could run. Latencies and pauses contain that wait.`,
  ];
};

const MOST_WAITED = 0.2;

const total = (rounds: readonly RoundFigures[], of: (round: RoundFigures) => number): number =>
  rounds.reduce((sum, round) => sum + of(round), 0);

const head = ({ machine, began, minutes, load, versions, commit, pairs, seconds }: PeersResult): readonly string[] => [
  `- ${began.slice(0, 16).replace('T', ' ')} UTC, ${minutes.toFixed(0)} minutes, commit ${commit}`,
  `- ${machine}; load average ${load.first.toFixed(1)} at the start, ${load.last.toFixed(1)} at the end, ${load.highest.toFixed(1)} at most`,
  `- ${pairs} rounds of ${seconds} s a proxy, each second round in the opposite order; one core for the proxy, the others for load and servers`,
  `- ${Object.entries(versions)
    .map(([name, version]) => `${name}: ${version}`)
    .join('; ')}`,
];

const ratioTable = (cases: readonly CaseResult[], reference: string): readonly string[] => {
  const timed = cases.filter(({ peerCase }) => peerCase.load.kind !== 'idle');
  const names = [...new Set(timed.flatMap(({ results }) => results.map(({ proxy }) => proxy)))].filter(
    (name) => name !== DIRECT && name !== reference,
  );
  const rows = timed.map(({ peerCase, results }) => {
    const its = results.find(({ proxy }) => proxy === reference);
    const cells = names.map((name) => {
      const mine = results.find(({ proxy }) => proxy === name);
      return mine === undefined || its === undefined ? '-' : pairedText(costRatio(mine, its));
    });
    return [peerCase.title, ...cells];
  });
  return markdownTable(['case', ...names], rows);
};

const caseSection = ({ peerCase, results }: CaseResult, { emptyNodeMib }: PeersResult): readonly string[] => {
  const title = `## ${peerCase.name}: ${peerCase.title}`;
  const faults = results.flatMap(({ proxy, faults: count, firstFault }) =>
    count === 0 ? [] : [`- **${proxy}: ${count} wrong**, the first: ${firstFault}`],
  );
  const table =
    peerCase.load.kind === 'idle'
      ? markdownTable(
          [
            'proxy',
            'MiB before',
            'MiB with all open',
            `above an empty Node (${emptyNodeMib.toFixed(0)} MiB)`,
            'all processes',
          ],
          results
            .filter(({ proxy }) => proxy !== DIRECT)
            .map(({ proxy, held }) =>
              held === null
                ? [proxy]
                : [
                    proxy,
                    ...[held.beforeMib, held.heldMib, held.heldMib - emptyNodeMib, held.allMib].map((mib) =>
                      mib.toFixed(0),
                    ),
                  ],
            ),
        )
      : markdownTable(
          [
            'proxy',
            `us a ${unitOf(peerCase)}`,
            `${unitOf(peerCase)}s/s`,
            'of a core',
            'waited',
            'p50 ms',
            'p99',
            'p99.9',
            'added p50',
            'added p99',
            'pauses',
            'longest ms',
            'scavenge',
            'MiB',
          ],
          results.map((one) => figureRow(one, results[0]!)),
        );
  return [title, '', ...table, ...(faults.length === 0 ? [] : ['', ...faults])];
};

const figureRow = (one: ProxyResult, direct: ProxyResult): readonly string[] => {
  const { proxy, rounds, latency } = one;
  const sum = (of: (round: RoundFigures) => number): number => total(rounds, of);
  const count = sum((round) => round.count);
  if (count === 0) return [proxy];
  const seconds = sum((round) => round.seconds);
  const [cpuMs, waitedMs] = [sum((round) => round.cpuMs), sum((round) => round.waitedMs)];
  const hasPauses = rounds.some(({ pauses }) => pauses !== null);
  const pauses = rounds.reduce((all, round) => joinedPauses(all, round.pauses ?? NO_PAUSES), NO_PAUSES);
  const isDirect = proxy === DIRECT;
  const added = (of: 'p50Ms' | 'p99Ms'): string =>
    isDirect ? '-' : (addedMs(one, direct, of)?.value.toFixed(2) ?? '-');
  return [
    proxy,
    isDirect ? '-' : ((1000 * cpuMs) / count).toFixed(1),
    Math.round(count / seconds).toString(),
    isDirect ? '-' : (cpuMs / 1000 / seconds).toFixed(2),
    isDirect ? '-' : `${((100 * waitedMs) / (cpuMs + waitedMs)).toFixed(0)} %`,
    ...[latency.p50Ms, latency.p99Ms, latency.p999Ms].map((ms) => ms?.toFixed(2) ?? '-'),
    added('p50Ms'),
    added('p99Ms'),
    ...(hasPauses ? [`${pauses.count}`, pauses.maxMs.toFixed(1), pauses.maxScavengeMs.toFixed(1)] : ['-', '-', '-']),
    isDirect ? '-' : Math.max(...rounds.map(({ residentMib }) => residentMib)).toFixed(0),
  ];
};

/** The first column is text, the others are figures. */
const markdownTable = (titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => {
  const line = (cells: readonly string[]): string => `| ${titles.map((_, at) => cells[at] ?? '-').join(' | ')} |`;
  return [line(titles), `| --- |${' --: |'.repeat(titles.length - 1)}`, ...rows.map(line)];
};
