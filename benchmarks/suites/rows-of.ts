import type { LinksResult } from '../links/links-report.ts';
import { isWithinBar, type ParityComparison } from '../parity/compare.ts';
import type { PeersResult } from '../peers/peers-result.ts';
import type { SpeedReport } from '../simulate/speed-table.ts';
import type { RowsOfSuite } from './suite.ts';
import { type SuiteRow, suiteResultSchema } from './suite-result.ts';

/** A suite that prints rows itself. */
export const ownRows: RowsOfSuite = {
  args: () => ['--json'],
  read: (printed) => suiteResultSchema.parse(JSON.parse(printed)).rows,
};

/** Realised minus planned round trips, of all delays together. */
export const linksRows: RowsOfSuite = {
  args: () => ['--json'],
  read: (printed) => {
    const { bare, relay, netem } = JSON.parse(printed) as LinksResult;
    const loads = [
      ...(bare === null ? [] : [['bare loopback', bare.all] as const]),
      ...Object.entries(relay).map(([name, { all }]) => [`relay, ${name}`, all] as const),
      ...(netem?.kind === 'measured' ? [['netem', netem.all] as const] : []),
    ];
    return [
      ...loads.flatMap(([name, { p50, p99 }]) => [
        ...lower(name, 'ms off at p50', p50 === null ? null : Math.abs(p50)),
        ...lower(name, 'ms off at p99', p99),
      ]),
      ...Object.entries(relay).flatMap(([name, { relayCores }]) => lower(`relay, ${name}`, 'of a core', relayCores)),
    ];
  },
};

/** TTFT over the relay and over netem. */
export const parityRows: RowsOfSuite = {
  args: () => ['--json'],
  read: (printed) => {
    const comparison = JSON.parse(printed) as ParityComparison;
    return (['outside', 'inside'] as const).flatMap((place) => {
      const difference = comparison[place];
      const name = `${place} outages, netem minus relay${isWithinBar(difference, place) ? '' : ': NOT within the bar'}`;
      return [
        ...lower(name, 'ms at p50', difference.second.p50 - difference.first.p50),
        ...lower(name, 'ms at p99', difference.second.p99 - difference.first.p99),
      ];
    });
  },
};

/** How fast scenarios are simulated. */
export const simulateRows: RowsOfSuite = {
  args: (folder) => ['--out', folder],
  read: (_printed, textOf) => {
    const { cases } = JSON.parse(textOf('simulate.json')) as SpeedReport;
    return cases.flatMap(({ name, counts, here }): readonly SuiteRow[] => [
      { case: name, unit: `${counts} a CPU second`, value: here.startedPerCpuS, isLowerBetter: false },
      ...lower(name, 'bytes each', here.bytesEach),
      ...lower(name, 'MiB at most', here.peakBytes / 2 ** 20),
    ]);
  },
};

/** What a request or message costs each proxy, over all rounds. */
export const peersRows: RowsOfSuite = {
  args: () => ['--json'],
  read: (printed) =>
    (JSON.parse(printed) as PeersResult).cases.flatMap(({ peerCase, results }) =>
      results.flatMap(({ proxy, rounds, latency }) => {
        const [cpuMs, count] = [rounds, rounds].map((all, index) =>
          all.reduce((sum, round) => sum + (index === 0 ? round.cpuMs : round.count), 0),
        ) as [number, number];
        const name = `${peerCase.name}, ${proxy}`;
        return [
          ...lower(name, 'us of CPU each', count === 0 ? null : (cpuMs * 1000) / count),
          ...lower(name, 'ms at p99', latency.p99Ms),
        ];
      }),
    ),
};

/** A figure that is better when it is lower; nothing where it is not known. */
const lower = (name: string, unit: string, value: number | null): readonly SuiteRow[] =>
  value === null || !Number.isFinite(value) ? [] : [{ case: name, unit, value, isLowerBetter: true }];
