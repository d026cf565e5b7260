import { type Column, textTable } from '../../report/text-table.ts';
import type { ErrorsByDelay, PathErrors } from './errors-by-delay.ts';

/** The result of a run on a relay. */
export interface RelayMeasurement extends ErrorsByDelay {
  /** CPU time of the relay divided by elapsed time: 1 is a whole core. */
  readonly relayCores: number;
  /** Busy cores of the whole machine, by all processes. */
  readonly busyCores: number;
  readonly messagesPerS: number;
  readonly peakRssBytes: number;
}

export type NetemMeasurement =
  | ({ readonly kind: 'measured' } & ErrorsByDelay)
  | { readonly kind: 'not measured'; readonly reason: string };

/** All results; null for a measurement that was not asked for, or that was stopped before its end. */
export interface LinksResult {
  readonly schema: 1;
  readonly machine: string;
  /** Share of processor time that the host of a virtual machine gave to others (steal); null when it is not reported. */
  readonly stolenShare: number | null;
  readonly bare: ErrorsByDelay | null;
  readonly relay: Readonly<Record<string, RelayMeasurement>>;
  readonly stall: { readonly readers: number; readonly peakRssBytes: number } | null;
  readonly netem: NetemMeasurement | null;
}

/** Target for round trips: p50 within `P50_MS` of the plan, p99 at most `P99_MS` above it. */
const P50_MS = 0.3;
const P99_MS = 1;

/** The result as text for a terminal. */
export const linksReport = ({ machine, stolenShare, bare, relay, stall, netem }: LinksResult): readonly string[] => {
  const rows = [
    ...(bare === null ? [] : bare.paths.map((path) => row('bare loopback', `${path.delayMs} ms`, path))),
    ...Object.entries(relay).flatMap(([load, run]) => rowsOf(`relay, ${load}`, run)),
    ...(netem?.kind === 'measured' ? rowsOf('netem', netem) : []),
  ];
  return [
    `Round trips, realised minus planned, ms, on ${machine}. Delays are one way and change every 100 ms.`,
    '',
    ...textTable(COLUMNS, rows),
    '',
    ...(stolenShare === null || stolenShare === 0
      ? []
      : [
          `The host of this virtual machine gave ${(100 * stolenShare).toFixed(1)} % of its processors' time to others.`,
        ]),
    ...Object.entries(relay).map(([load, { relayCores, messagesPerS, busyCores }]) => {
      const used = `${relayCores.toFixed(2)} of a core, ${Math.round(messagesPerS)} messages/s`;
      return `relay, ${load}: ${used}; the machine had ${busyCores.toFixed(1)} cores busy`;
    }),
    ...(stall === null
      ? []
      : [
          `relay, ${stall.readers} readers that stall: ${(stall.peakRssBytes / 2 ** 20).toFixed(0)} MiB resident at most`,
        ]),
    ...(netem?.kind === 'not measured'
      ? [`netem: not measured: ${netem.reason}. It needs Linux with sch_netem (modprobe sch_netem), tc, and root.`]
      : []),
  ];
};

type Figures = Omit<PathErrors, 'delayMs'>;

const rowsOf = (what: string, { paths, all }: ErrorsByDelay): readonly (readonly string[])[] => [
  ...paths.map((path) => row(what, `${path.delayMs} ms`, path)),
  [...row(what, 'all', all), verdict(all)],
];

const row = (what: string, delay: string, { p50, p90, p99, samples }: Figures): readonly string[] => [
  what,
  delay,
  ...[p50, p90, p99].map((ms) => (ms === null ? '-' : ms.toFixed(3))),
  `${samples}`,
];

const verdict = ({ p50, p99 }: Figures): string => {
  if (p50 === null || p99 === null) return '';
  return Math.abs(p50) <= P50_MS && p99 <= P99_MS ? 'met' : 'missed';
};

const right = (title: string): Column => ({ title, align: 'right' });

const COLUMNS: readonly Column[] = [
  { title: 'what', align: 'left' },
  ...['delay', 'p50', 'p90', 'p99', 'samples'].map(right),
  { title: `p50 ${P50_MS}, p99 ${P99_MS}`, align: 'left' },
];
