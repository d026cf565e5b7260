import { ConfigError } from '../../../core/config/config-error.ts';
import type { Recording } from './trace-link.ts';

/**
 * One direction from a trace of mahimahi. Each line is an opportunity to send a packet of 1500 bytes, in milliseconds since the
 * start; after the last line the trace starts again. The rate is computed for windows of 100 ms; one without an opportunity is
 * down. A trace has no delay: each direction takes `delayUs`. Source: Netravali and others, USENIX ATC 2015.
 * @throws ConfigError with the line of the first mistake.
 */
export const parseMahimahiTrace = (
  text: string,
  { file, delayUs }: { readonly file: string; readonly delayUs: number },
): Recording => {
  const timesMs = opportunitiesIn(text, file);
  const periodMs = timesMs.at(-1)!;
  const packets = new Float64Array(Math.ceil(periodMs / WINDOW_MS));
  // The opportunity that ends the trace belongs to its last window.
  for (const atMs of timesMs) packets[Math.min(packets.length - 1, Math.floor(atMs / WINDOW_MS))]!++;
  const states = Array.from(packets, (count, index) => ({
    up: count > 0, // a rate of 0 would mean unlimited
    delayUs,
    jitterUs: 0,
    lossRate: 0,
    rateKbps: (count * PACKET_BITS) / Math.min(WINDOW_MS, periodMs - index * WINDOW_MS),
  }));
  return { windowMs: WINDOW_MS, periodMs, states };
};

const WINDOW_MS = 100;
const PACKET_BITS = 1500 * 8;

/** A day: far above any trace, and a bound on the memory that one line can make us allocate. */
const MOST_MS = 86_400_000;

const opportunitiesIn = (text: string, file: string): readonly number[] => {
  const timesMs: number[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const cell = line.trim();
    if (cell === '') continue;
    const atMs = /^\d+$/.test(cell) ? Number(cell) : Number.NaN;
    const wrong = (message: string) => new ConfigError('', message, { file, line: index + 1, column: 1 });
    if (!(atMs <= MOST_MS)) throw wrong(`is "${cell.slice(0, 40)}", expected a whole millisecond, at most ${MOST_MS}`);
    if (atMs < (timesMs.at(-1) ?? 0)) throw wrong(`is ${atMs}, which is before the line above`);
    timesMs.push(atMs);
  }
  if (timesMs.length === 0 || timesMs.at(-1) === 0) {
    throw new ConfigError('', 'ends at 0 ms, expected a later opportunity', { file, line: 1, column: 1 });
  }
  return timesMs;
};
