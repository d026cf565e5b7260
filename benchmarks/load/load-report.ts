import type { SuiteResult, SuiteRow } from '../suites/suite-result.ts';
import type { Lateness, LoadCaseResult } from './load-result.ts';

/** The results as a page of Markdown. `command` is how to get them again. */
export const loadReport = (
  { machine, loadAverage, date, commit }: SuiteResult,
  cases: readonly LoadCaseResult[],
  command: string,
): string => {
  return `# One process of the load

Written by \`${command}\`; what it does is in [benchmarks/README.md](../README.md).

- ${date}, commit ${commit ?? 'unknown'}
- ${machine}; load average ${loadAverage[0].toFixed(1)} at the start, ${loadAverage[1].toFixed(1)} at the end

| | ${cases.map(({ of }) => of.transport).join(' | ')} |
| --- | ${cases.map(() => '--:').join(' | ')} |
${ROWS.map(([title, cell]) => `| ${title} | ${cases.map(cell).join(' | ')} |`).join('\n')}

Late: sent after the intended instant. Still: how late the machine wakes a process that does nothing else each millisecond, on the core
of the generator before the load, and on the other cores beside it. What the load is late in excess of that is its own.
`;
};

const ROWS: readonly (readonly [title: string, cell: (of: LoadCaseResult) => string])[] = [
  ['answers open at a time, at most', ({ saw }) => String(saw.openMost)],
  ['messages a second', ({ saw }) => saw.messagesPerS.toFixed(0)],
  ['answers that failed', ({ saw }) => String(saw.others)],
  ['late, p50 / p99 / most, ms', ({ saw }) => latenessText(saw.lag)],
  ['event loop waits, p99, ms', ({ saw }) => saw.eventLoopP99Ms.toFixed(2)],
  ['event loop busy', ({ saw }) => percent(saw.busyShare)],
  ['adds to a call itself, p50 / p99, ms', ({ saw: { tax } }) => (tax === null ? '-' : pair(tax.p50Ms, tax.p99Ms))],
  ['of a core', ({ cpuShare }) => percent(cpuShare)],
  ['waits for a core', ({ waitedShare }) => percent(waitedShare)],
  [
    'resident, begin / most / end, MiB',
    ({ residentMib: { first, most, last } }) => [first, most, last].map((mib) => mib.toFixed(0)).join(' / '),
  ],
  ['grows, MiB a minute', ({ growthMibPerMinute }) => growthMibPerMinute?.toFixed(2) ?? '-'],
  ['still before, p50 / p99 / most, ms', ({ stillness }) => latenessText(stillness.before)],
  ['still beside, p50 / p99 / most, ms', ({ stillness }) => latenessText(stillness.beside)],
];

/** The same as figures of a suite. */
export const loadRows = ({ of, saw, ...result }: LoadCaseResult): readonly SuiteRow[] => {
  const row = (unit: string, value: number, isLowerBetter = true): SuiteRow => ({
    ...{ case: `${of.transport}, ${of.streams} streams, ${of.messagesPerS} messages/s`, unit, value, isLowerBetter },
  });
  return [
    row('messages/s', saw.messagesPerS, false),
    row('ms late at p50', saw.lag.p50Ms),
    row('ms late at p99', saw.lag.p99Ms),
    row('ms at p99 that the machine is late by itself', result.stillness.beside.p99Ms),
    row('ms at p99 that the event loop waits', saw.eventLoopP99Ms),
    row('us of CPU a message', (result.cpuShare * 1e6) / saw.messagesPerS),
    row('MiB resident at most', result.residentMib.most),
    ...(saw.tax === null ? [] : [row('ms that the client adds at p50', saw.tax.p50Ms)]),
  ];
};

const latenessText = ({ p50Ms, p99Ms, maxMs }: Lateness): string => `${pair(p50Ms, p99Ms)} / ${maxMs.toFixed(1)}`;
const pair = (p50Ms: number, p99Ms: number): string => `${p50Ms.toFixed(2)} / ${p99Ms.toFixed(2)}`;
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
