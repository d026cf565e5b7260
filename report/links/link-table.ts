import type { ForecastBand } from './forecast-band.ts';
import type { LinkSummary } from './link-statistics.ts';
import type { Table } from './table.ts';

export interface LinkRow extends LinkSummary {
  readonly link: string;
  readonly direction: 'forward' | 'back';
  readonly forecast: ForecastBand;
}

/** A row for each direction of each link. */
export const linkTable = (rows: readonly LinkRow[]): Table => ({
  columns: [
    { title: 'link', align: 'left' },
    { title: 'direction', align: 'left' },
    ...['min ms', 'p50', 'p95', 'p99', 'loss %', 'burst', 'down %', 'slot jump ms', 'rate', 'forecast ms'].map(
      (title) => ({ title, align: 'right' }) as const,
    ),
  ],
  rows: rows.map((row) => [
    row.link,
    row.direction,
    ...[row.minMs, row.p50Ms, row.p95Ms, row.p99Ms].map((ms) => shown(ms, 2)),
    shown(100 * row.lossRate, 3),
    row.burstPackets === null ? '-' : shown(row.burstPackets, 1),
    shown(100 * row.downShare, 2),
    row.slotJumpMs === null ? '-' : shown(row.slotJumpMs, 2),
    rateOf(row),
    forecastOf(row),
  ]),
});

const shown = (value: number, digits: number): string => (Number.isNaN(value) ? '-' : value.toFixed(digits));

/** The median, and the band from p5 to p95 where draws are left open. */
const forecastOf = ({ forecast: { p5Ms, p50Ms, p95Ms } }: LinkRow): string =>
  p5Ms === p95Ms ? shown(p50Ms, 2) : `${shown(p50Ms, 2)} (${shown(p5Ms, 2)} to ${shown(p95Ms, 2)})`;

const rateOf = ({ leastKbps, mostKbps }: LinkSummary): string => {
  if (Number.isNaN(leastKbps)) return '-';
  return leastKbps === mostKbps ? inMegabits(leastKbps) : `${inMegabits(leastKbps)} to ${inMegabits(mostKbps)}`;
};

const inMegabits = (kbps: number): string => (kbps === 0 ? 'unlimited' : `${Number((kbps / 1000).toFixed(2))} Mbit/s`);
