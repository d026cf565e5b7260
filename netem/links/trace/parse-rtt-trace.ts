import { ConfigError } from '../../../core/config/config-error.ts';
import type { Ms } from '../../../core/time/clock.ts';
import type { LinkState } from '../model/link-model.ts';
import type { Recording } from './trace-link.ts';

/**
 * Both directions of a path from a CSV of probes, as LENS and irtt export them: a header `timestamp,rtt[,uplink,downlink]`,
 * then one row a probe, in order of time. Timestamps are Unix seconds or milliseconds, round trips milliseconds, rates Mbit/s.
 * A round trip that is empty, `-1` or `NaN` was lost; an empty rate is unknown, and with a rate of 0 nothing passes.
 *
 * Each direction gets half of the round trip and of its loss: per window the median, with jitter down to the minimum. A window
 * whose probes are all lost is down; one without probes is as the window before.
 * @throws ConfigError with the line of the first mistake.
 */
export const parseRttTrace = (
  text: string,
  options: { readonly file: string; readonly windowMs: Ms },
): { readonly up: Recording; readonly down: Recording } => {
  const probes = probesIn(text, options.file);
  const { windowMs } = options;
  const count = Math.floor((probes.at(-1)!.atMs - probes[0]!.atMs) / windowMs) + 1;
  if (count > MOST_WINDOWS) throw new ConfigError('', `${options.file} has ${count} windows, at most ${MOST_WINDOWS}`);
  const windows: Probe[][] = Array.from({ length: count }, () => []);
  for (const probe of probes) windows[Math.floor((probe.atMs - probes[0]!.atMs) / windowMs)]!.push(probe);
  // A lost probe has no delay: the window gets that of the last window that had one, or of the first one that will.
  const first = probes.find(({ rttMs }) => rttMs !== null)?.rttMs;
  if (first === null || first === undefined) throw new ConfigError('', `${options.file} has no probe that came back`);
  const start: LinkState = { up: true, delayUs: first * 500, jitterUs: 0, lossRate: 0, rateKbps: 0 };
  const recording = (rateOf: (probe: Probe) => number | null): Recording => {
    let before = start;
    const states = windows.map((window) => {
      if (window.length > 0) before = stateOf(window, rateOf, before);
      return before;
    });
    return { windowMs, periodMs: count * windowMs, states };
  };
  return { up: recording(({ upMbps }) => upMbps), down: recording(({ downMbps }) => downMbps) };
};

/** More than a week of seconds: far above any run. */
const MOST_WINDOWS = 1_000_000;

interface Probe {
  readonly atMs: Ms;
  readonly rttMs: number | null;
  readonly upMbps: number | null;
  readonly downMbps: number | null;
}

const stateOf = (window: readonly Probe[], rateOf: (probe: Probe) => number | null, before: LinkState): LinkState => {
  const rttsMs = window.flatMap(({ rttMs }) => rttMs ?? []).sort((a, b) => a - b);
  const rates = window.flatMap((probe) => rateOf(probe) ?? []);
  const rateKbps =
    rates.length === 0 ? before.rateKbps : Math.round((1000 * rates.reduce((a, b) => a + b)) / rates.length);
  if (rttsMs.length === 0) return { ...before, up: false };
  const medianMs = rttsMs[rttsMs.length >> 1]!;
  return {
    up: rates.length === 0 ? true : rateKbps > 0, // a rate of 0 would mean unlimited
    delayUs: medianMs * 500,
    jitterUs: (medianMs - rttsMs[0]!) * 500,
    // Two such losses in a row, one per direction, give the measured loss of the round trips.
    lossRate: 1 - Math.sqrt(rttsMs.length / window.length),
    rateKbps,
  };
};

const probesIn = (text: string, file: string): readonly Probe[] => {
  const mistake = (line: number, message: string): ConfigError =>
    new ConfigError('', message, { file, line, column: 1 });
  const lines = text.split(/\r?\n/);
  const columns = lines[0]!.split(',').map((name) => name.trim());
  for (const [index, name] of columns.entries()) {
    const expected = index < 2 ? name === COLUMNS[index] : COLUMNS.includes(name);
    if (expected && columns.indexOf(name) === index) continue;
    throw mistake(1, `the header is "${lines[0]!.slice(0, 60)}", expected timestamp,rtt[,uplink,downlink]`);
  }
  if (columns.length < 2) throw mistake(1, 'the header has one column, expected timestamp,rtt[,uplink,downlink]');
  const probes: Probe[] = [];
  for (const [index, row] of lines.entries()) {
    if (index === 0 || row.trim() === '') continue;
    const cells = row.split(',').map((cell) => cell.trim());
    const wrong = (message: string): ConfigError => mistake(index + 1, message);
    if (cells.length !== columns.length) throw wrong(`has ${cells.length} columns, expected ${columns.length}`);
    const atMs = timestampMs(cells[0]!, wrong);
    if (atMs < (probes.at(-1)?.atMs ?? 0)) throw wrong('timestamp is before that of the row above');
    const rate = (name: string): number | null => {
      const cell = cells[columns.indexOf(name)] ?? '';
      return cell === '' ? null : quantity(cell, name, wrong);
    };
    const rtt = cells[1]!;
    const isLost = rtt === '' || rtt.toLowerCase() === 'nan' || Number(rtt) === -1;
    const rttMs = isLost ? null : quantity(rtt, 'rtt', wrong);
    if (rttMs === 0) throw wrong('rtt is 0, expected more');
    probes.push({ atMs, rttMs, upMbps: rate('uplink'), downMbps: rate('downlink') });
  }
  if (probes.length === 0) throw mistake(1, 'has no rows, expected at least one');
  return probes;
};

const COLUMNS = ['timestamp', 'rtt', 'uplink', 'downlink'];

/** Seconds stay below this until the year 5138, and milliseconds have been above it since 1973. */
const LEAST_MILLISECONDS = 1e11;

const timestampMs = (cell: string, wrong: (message: string) => ConfigError): Ms => {
  const value = quantity(cell, 'timestamp', wrong, 1e14);
  return value < LEAST_MILLISECONDS ? value * 1000 : value;
};

/** A round trip of over a minute, or a rate of over a terabit a second, is a mistake of units. */
const quantity = (cell: string, name: string, wrong: (message: string) => ConfigError, most = 60_000): number => {
  const value = cell === '' ? Number.NaN : Number(cell);
  const limit = name.endsWith('link') ? 1e6 : most;
  if (value >= 0 && value <= limit) return value;
  throw wrong(`${name} is "${cell.slice(0, 40)}", expected a number from 0 to ${limit}`);
};
