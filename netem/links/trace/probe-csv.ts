import { csvCells } from '../../../core/text/csv-cells.ts';
import { eachLine, quotedValue } from '../../../core/text/text-lines.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { type Imported, type Importer, type ImportOptions, mistakesIn, tellingLines } from './importer.ts';
import { type Spacing, spacingOf, withMissing } from './missing-probes.ts';
import { type Probe, ProbeList } from './probes.ts';
import { recordingOfProbes } from './recording-of-probes.ts';

/**
 * A CSV of probes with a header: `timestamp` and `rtt`, then any of `uplink` and `downlink`, `uplink_mbps` and `downlink_mbps`, in
 * any order. It is what LENS converts the logs of irtt (with one-way delays) and of ping to. Source: clarkzjw/LENS, README.
 *
 * Timestamps are Unix seconds, milliseconds, microseconds or nanoseconds, told by their size. `rtt`, `uplink` and `downlink` are
 * milliseconds; `-1` in one of them says where the probe was lost, and the other two are then of no meaning. `_mbps` are rates in
 * Mbit/s, where 0 lets nothing pass.
 *
 * LENS leaves out lost probes of ping. So in a file without `uplink` in which no row is a lost probe, probes that are missing from
 * a steady interval count as lost.
 */
export const probeCsv: Importer = {
  name: 'probe-csv',
  what: 'a CSV of probes with the columns timestamp and rtt (LENS)',
  recognises: (start) => {
    const columns = csvCells(tellingLines(start)[0] ?? '').map((cell) => cell.toLowerCase());
    return columns.includes('timestamp') && columns.includes('rtt');
  },
  read: (text, options) => {
    const { probes, isCut } = probesIn(text, options.file);
    const isTold = probes.has('upMs') || hasLost(probes);
    const imported = isTold ? recordingOfProbes(probes, options) : withGaps(probes, options);
    if (!isCut) return imported;
    return { ...imported, remarks: [`${options.file}: its last row is cut, and left out`, ...imported.remarks] };
  },
};

const COLUMNS = ['timestamp', 'rtt', 'uplink', 'downlink', 'uplink_mbps', 'downlink_mbps'] as const;
const HEADER = 'timestamp,rtt[,uplink,downlink][,uplink_mbps,downlink_mbps]';

type Column = (typeof COLUMNS)[number];

const probesIn = (text: string, file: string): { readonly probes: ProbeList; readonly isCut: boolean } => {
  const mistakeAt = mistakesIn(file);
  const probes = new ProbeList();
  let columns: readonly string[] | null = null;
  let clock: ((cell: string) => Ms) | null = null;
  let latestMs = Number.NEGATIVE_INFINITY;
  let isCut = false;
  eachLine(text, (raw, number, isOpen) => {
    const row = raw.charCodeAt(0) === 0xfeff ? raw.slice(1) : raw;
    if (row.trim() === '' || row.startsWith('#')) return;
    const wrong = (message: string): Error => mistakeAt(number, message);
    const cells = csvCells(row);
    if (columns === null) {
      columns = headerOf(cells, row, wrong);
      return;
    }
    if (number > 1 && cells.length === columns.length && isHeader(cells, columns)) return; // of a file that was put behind
    if (cells.length < columns.length && isOpen) {
      isCut = true;
      return;
    }
    if (cells.length !== columns.length) throw wrong(`has ${cells.length} columns, expected ${columns.length}`);
    const known = columns;
    const cell = (column: Column): string => cells[known.indexOf(column)] ?? '';
    clock ??= clockOf(cell('timestamp'));
    const atMs = cell('timestamp') === '' ? Number.NaN : clock(cell('timestamp'));
    if (Number.isNaN(atMs) || atMs < 0)
      throw wrong(`timestamp is ${quotedValue(cell('timestamp'))}, expected Unix seconds, ms, us or ns`);
    // Answers may overtake each other; a step back by more is another measurement.
    if (atMs <= latestMs - MOST_BACK_MS) throw wrong('timestamp is before that of the row above');
    latestMs = Math.max(latestMs, atMs);
    probes.add(probeOf(atMs, cell, wrong));
  });
  if (columns === null) throw mistakeAt(1, `is empty, expected the header ${HEADER}`);
  if (probes.length === 0) throw mistakeAt(1, 'has no rows, expected at least one');
  return { probes, isCut };
};

const isHeader = (cells: readonly string[], columns: readonly string[]): boolean =>
  cells.every((cell, index) => cell.toLowerCase() === columns[index]);

const MOST_BACK_MS = 1000;

const headerOf = (cells: readonly string[], row: string, wrong: (message: string) => Error): readonly string[] => {
  const columns = cells.map((cell) => cell.toLowerCase());
  const unknown = columns.find((column, index) => !isColumn(column) || columns.indexOf(column) !== index);
  if (unknown === undefined && columns.includes('timestamp') && columns.includes('rtt')) return columns;
  throw wrong(`the header is ${quotedValue(row.trim())}, expected ${HEADER}`);
};

const isColumn = (name: string): boolean => COLUMNS.some((column) => column === name);

type Wrong = (message: string) => Error;

const probeOf = (atMs: Ms, cell: (column: Column) => string, wrong: Wrong): Probe => {
  const rates = { upMbps: rate('uplink_mbps', cell, wrong), downMbps: rate('downlink_mbps', cell, wrong) };
  const [rttMs, upMs, downMs] = (['rtt', 'uplink', 'downlink'] as const).map((column) => delay(column, cell, wrong));
  if (upMs === LOST && downMs !== LOST) return { atMs, fate: 'lost-up', ...rates };
  if (downMs === LOST && upMs !== LOST) return { atMs, fate: 'lost-down', ...rates };
  if (rttMs === LOST || upMs === LOST || Number.isNaN(rttMs)) return { atMs, fate: 'lost', ...rates };
  if (!(rttMs! > 0 && rttMs! <= MOST_RTT_MS))
    throw wrong(`rtt is ${quotedValue(cell('rtt'))}, expected more than 0 and at most ${MOST_RTT_MS} ms, or -1`);
  return { atMs, fate: 'answered', rttMs: rttMs!, upMs: upMs!, downMs: downMs!, ...rates };
};

/** What stands for a lost probe, in the column of the way on which it was lost. */
const LOST = -1;

/** A round trip of over a minute is a mistake of units. */
const MOST_RTT_MS = 60_000;

/** NaN for none. A one-way delay may be anything: the clocks of both ends may differ. */
const delay = (column: 'rtt' | 'uplink' | 'downlink', cell: (column: Column) => string, wrong: Wrong): number => {
  const text = cell(column);
  if (text === '' || /^nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw wrong(`${column} is ${quotedValue(text)}, expected milliseconds, -1 for a lost probe, or nothing`);
};

const rate = (column: 'uplink_mbps' | 'downlink_mbps', cell: (column: Column) => string, wrong: Wrong): number => {
  const text = cell(column);
  if (text === '' || /^nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  if (value >= 0 && value <= MOST_MBPS) return value;
  throw wrong(`${column} is ${quotedValue(text)}, expected Mbit/s from 0 to ${MOST_MBPS}, or nothing`);
};

/** A rate of over a terabit a second is a mistake of units. */
const MOST_MBPS = 1e6;

/** How the timestamps of a file are read, by the size of the first: 1e9 seconds were in 2001, and 1e11 will be in 5138. */
const clockOf = (first: string): ((cell: string) => Ms) => {
  const value = Number(first);
  const perMs = value < 1e11 ? 1e-3 : value < 1e14 ? 1 : value < 1e17 ? 1e3 : 1e6;
  return (cell) => Number(cell) / perMs;
};

const hasLost = (probes: ProbeList): boolean => {
  for (let index = 0; index < probes.length; index++) if (probes.fate(index) !== 'answered') return true;
  return false;
};

/** The recording of probes of which only those that came back are in the file. */
const withGaps = (probes: ProbeList, options: ImportOptions): Imported => {
  // irtt stamps the sending of a probe, ping the coming back: the true one leaves the instants of sending more even.
  const asSent = probes.inOrder();
  const asReceived = sentBefore(probes).inOrder();
  const [sent, received] = [asSent, asReceived].map((list) => spacingOf(instantsOf(list)));
  const isReceived = received != null && (sent == null || received.unevenness < sent.unevenness);
  const spacing: Spacing | null = (isReceived ? received : sent) ?? null;
  if (spacing === null) return recordingOfProbes(probes, options);
  const { all, missing, longestMs } = withMissing(isReceived ? asReceived : asSent, spacing);
  const imported = recordingOfProbes(all, options);
  if (missing === 0) return imported;
  const longest = longestMs >= 1000 ? `${(longestMs / 1000).toFixed(1)} s` : `${longestMs.toFixed(0)} ms`;
  return {
    ...imported,
    remarks: [
      ...imported.remarks,
      `${options.file}: ${missing} of ${all.length} probes are not in the file and count as lost, because one was sent every ` +
        `${spacing.intervalMs.toFixed(1)} ms; the longest gap is ${longest}`,
    ],
  };
};

const sentBefore = (probes: ProbeList): ProbeList => {
  const sent = new ProbeList();
  for (let index = 0; index < probes.length; index++) {
    const probe = probes.probe(index);
    sent.add({ ...probe, atMs: probe.atMs - probe.rttMs });
  }
  return sent;
};

const instantsOf = (probes: ProbeList): Float64Array =>
  Float64Array.from({ length: probes.length }, (_, index) => probes.value(index, 'atMs'));
