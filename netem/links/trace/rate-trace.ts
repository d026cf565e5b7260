import { eachLine, type MistakeAt, quotedValue } from '../../../core/text/text-lines.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { type Imported, type Importer, mistakesIn, tellingLines } from './importer.ts';
import type { Recording } from './trace-link.ts';

/**
 * One direction from a trace of mahimahi. Each line is an opportunity to send 1500 bytes, in milliseconds since the start; after
 * the last line the trace starts again. A packet waits for the next opportunity, so each distance between two opportunities is a
 * time in which 1500 bytes pass, and a window of 100 ms has the mean rate of what falls into it: `1000` alone is 12 kbit/s.
 *
 * A distance over 100 ms and over 20 times the mean is an outage, in which nothing passes: that is how a fast link that stops
 * looks. A trace has no delay: each direction takes `delayUs`. Source: mm-link(1); Netravali and others, USENIX ATC 2015.
 * @throws ConfigError with the line of the first mistake.
 */
export const rateRecording = (
  text: string,
  { file, delayUs }: { readonly file: string; readonly delayUs: number },
): { readonly recording: Recording; readonly remarks: readonly string[] } => {
  const timesMs = opportunitiesIn(text, mistakesIn(file));
  const periodMs = timesMs.at(-1)!;
  const packets = new Float64Array(Math.ceil(periodMs / WINDOW_MS));
  const outageMs = Math.max(WINDOW_MS, (OUTAGE * periodMs) / timesMs.length);
  let beforeMs = 0;
  for (const atMs of timesMs) {
    spread(packets, atMs - beforeMs > outageMs ? atMs : beforeMs, atMs);
    beforeMs = atMs;
  }
  const states = Array.from(packets, (count, index) => ({
    up: count > 0, // a rate of 0 would mean unlimited
    delayUs,
    jitterUs: 0,
    lossRate: 0,
    rateKbps: (count * PACKET_BITS) / Math.min(WINDOW_MS, periodMs - index * WINDOW_MS),
  }));
  return { recording: { windowMs: WINDOW_MS, periodMs, states }, remarks: doubtsAbout(timesMs, file) };
};

/** Adds one packet to the windows between two instants, in proportion to the time in each. */
const spread = (packets: Float64Array, fromMs: Ms, toMs: Ms): void => {
  // An opportunity at the edge of two windows belongs to the one that ends there, so that the last is within the trace.
  const last = Math.max(0, Math.ceil(toMs / WINDOW_MS) - 1);
  if (toMs === fromMs) {
    packets[last]!++;
    return;
  }
  for (let window = Math.floor(fromMs / WINDOW_MS); window <= last; window++) {
    const inMs = Math.min(toMs, (window + 1) * WINDOW_MS) - Math.max(fromMs, window * WINDOW_MS);
    packets[window]! += inMs / (toMs - fromMs);
  }
};

const WINDOW_MS = 100;
const PACKET_BITS = 1500 * 8;

/** How many times the mean distance an outage is at least: even in a random trace a longer one is rare (1 in 5e8). */
const OUTAGE = 20;

/** A day: far above any trace, and a bound on the memory that one line can make us allocate. */
const MOST_MS = 86_400_000;

const opportunitiesIn = (text: string, mistakeAt: MistakeAt): Float64Array => {
  let timesMs = new Float64Array(1024);
  let count = 0;
  eachLine(text, (line, number) => {
    const cell = line.trim();
    if (cell === '') return;
    const atMs = /^\d+$/.test(cell) ? Number(cell) : Number.NaN;
    if (!(atMs <= MOST_MS))
      throw mistakeAt(number, `is ${quotedValue(cell)}, expected a whole millisecond, at most ${MOST_MS}`);
    if (count > 0 && atMs < timesMs[count - 1]!)
      throw mistakeAt(number, `is ${atMs}, which is before the line above; a trace of delays has kind: trace`);
    if (count === timesMs.length) {
      const grown = new Float64Array(2 * count);
      grown.set(timesMs);
      timesMs = grown;
    }
    timesMs[count++] = atMs;
  });
  if (count === 0) throw mistakeAt(1, 'is empty, expected a time in ms on each line');
  if (timesMs[count - 1] === 0) throw mistakeAt(1, 'ends at 0 ms, expected a later opportunity');
  return timesMs.subarray(0, count);
};

/** A file with one number on all its lines is a rate, or a constant delay in a trace of LeoReplayer: the numbers do not tell. */
const doubtsAbout = (timesMs: Float64Array, file: string): readonly string[] => {
  const [first] = timesMs;
  if (timesMs.length < FEW || timesMs.some((atMs) => atMs !== first)) return [];
  const mbps = (timesMs.length * PACKET_BITS) / first! / 1000;
  return [
    `${file}: all ${timesMs.length} lines are ${first}, which mahimahi plays as ${mbps.toFixed(0)} Mbit/s; if these are delays, ` +
      'use kind: trace with format: leoreplayer-delay',
  ];
};

const FEW = 100;

/** Says what to do with such a trace where a recording with delays is wanted. */
export const rateTrace: Importer = {
  name: 'mahimahi',
  what: 'a rate trace of mahimahi (a time in ms each line)',
  recognises: (start) => {
    const lines = tellingLines(start);
    const whole = lines.length > 1 ? lines.slice(0, -1) : lines; // the last may be cut
    return (
      whole.length > 0 &&
      whole.every((line, index) => /^\d+$/.test(line) && Number(line) >= Number(whole[index - 1] ?? 0))
    );
  },
  read: (_text, { file }): Imported => {
    throw mistakesIn(file)(
      1,
      'is a rate trace of mahimahi, which has no delay; expected kind: mahimahi with rttMs, or a recording',
    );
  },
};
