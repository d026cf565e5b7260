import type { PathSample } from './path-samples.ts';
import type { PathTrace } from './path-trace.ts';
import type { Table } from './table.ts';

/** One row for each step; the middle of a long trace is left out. `fibreMs` is the round trip over fibre. */
export const stepTable = (trace: PathTrace, medium: string, fibreMs: number): Table => {
  const { first, last, between } = trace.ends();
  const row = (sample: PathSample): readonly string[] => [
    (sample.tMs / 1000).toFixed(Number.isInteger(sample.tMs / 1000) ? 0 : 3),
    sample.rttNs === null ? 'no path' : (sample.rttNs / 1e6).toFixed(3),
    fibreMs.toFixed(3),
    sample.rttNs === null ? '-' : String(sample.hops.length),
    shownHops(sample.hops),
  ];
  const gap = between === 0 ? [] : [['⋮', '⋮', '⋮', '⋮', `${between} more steps; --json prints them all`]];
  return {
    columns: [
      { title: 't s', align: 'right' },
      { title: `${medium} RTT ms`, align: 'right' },
      { title: 'fibre RTT ms', align: 'right' },
      { title: 'hops', align: 'right' },
      { title: 'satellites', align: 'left' },
    ],
    rows: [...first.map(row), ...gap, ...last.map(row)],
  };
};

/** The path compared with fibre, over all steps. */
export const summaryTable = (trace: PathTrace, medium: string, fibreMs: number): Table => {
  const { minMs, p50Ms, p95Ms, maxMs, changes, downShare, fewestHops, mostHops } = trace.summary();
  const times = [minMs, p50Ms, p95Ms, maxMs].map((ms) => (Number.isNaN(ms) ? '-' : ms.toFixed(3)));
  const path = [
    medium,
    ...times,
    String(changes),
    fewestHops === mostHops ? String(mostHops) : `${fewestHops}..${mostHops}`,
    `${(100 * downShare).toFixed(downShare === 0 ? 0 : 2)} %`,
  ];
  const fibre = ['fibre', ...times.map(() => fibreMs.toFixed(3)), '0', '0', '0 %'];
  return {
    columns: [
      { title: 'RTT ms', align: 'left' },
      ...['min', 'p50', 'p95', 'max', 'path changes', 'hops', 'down'].map(
        (title) => ({ title, align: 'right' }) as const,
      ),
    ],
    rows: medium === 'fibre' ? [fibre] : [path, fibre],
  };
};

const SHOWN_HOPS = 8;

const shownHops = (hops: readonly number[]): string =>
  hops.length <= SHOWN_HOPS ? hops.join(' ') : `${hops.slice(0, SHOWN_HOPS).join(' ')} … ${hops.at(-1)}`;
