import { ConfigError } from '../../../core/config/config-error.ts';
import type { Ms } from '../../../core/time/clock.ts';
import type { LinkState } from '../model/link-model.ts';
import type { Imported, ImportOptions } from './importer.ts';
import { oneWayDelays } from './one-way-delays.ts';
import type { ProbeList } from './probes.ts';
import type { Recording } from './trace-link.ts';

/**
 * Both directions of a path from its probes, in windows. A direction has, per window, the median of its one-way delays, jitter
 * down to the least of them, its share of loss, and the mean of its rates.
 *
 * Where probes have no one-way delays, or impossible ones, each direction gets half of the round trip. A loss of which the
 * direction is not known is split between both so that together they lose as much as was measured. A direction in which no probe
 * of a window passed is down; a window without probes is as the one before.
 */
export const recordingOfProbes = (
  probes: ProbeList,
  { file, windowMs: askedMs, leastOneWayUs }: ImportOptions,
  usualWindowMs: Ms = USUAL_WINDOW_MS,
): Imported => {
  const windowMs = askedMs ?? usualWindowMs;
  const ordered = probes.inOrder();
  // Windows begin at whole multiples on the clock of the recording, where the slots of a constellation begin too.
  const windowAt = (index: number): number => Math.floor((ordered.value(index, 'atMs') + ROUNDING_MS) / windowMs);
  const firstWindow = ordered.length === 0 ? 0 : windowAt(0);
  const count = ordered.length === 0 ? 1 : windowAt(ordered.length - 1) - firstWindow + 1;
  if (count > MOST_WINDOWS)
    throw new ConfigError(
      '',
      `${file} has ${count} windows, at most ${MOST_WINDOWS}; expected a longer windowMs, or a clock that was not set`,
    );
  const delays = oneWayDelays(ordered, { file, leastOneWayMs: leastOneWayUs / 1000 });
  if (delays === null) throw new ConfigError('', `${file} has no probe that came back`);
  const [up, down] = [new Direction(delays.up, windowMs, count), new Direction(delays.down, windowMs, count)];
  for (let from = 0, window = 0; window < count; window++) {
    const tally = new WindowTally();
    let to = from;
    while (to < ordered.length && windowAt(to) === firstWindow + window) {
      tally.count(ordered, to);
      to++;
    }
    const passed = tally.passed();
    up.close(ordered, from, to, passed?.up ?? null, 'upMbps');
    down.close(ordered, from, to, passed?.down ?? null, 'downMbps');
    from = to;
  }
  const remarks = [...delays.remarks, ...remarksOnHoles(ordered, file)];
  return { up: up.recording, down: down.recording, remarks };
};

/** Says where no probe was sent for so long that somebody stopped, or a clock was set. */
const remarksOnHoles = (probes: ProbeList, file: string): readonly string[] => {
  const instantMs = (index: number): Ms => probes.value(index, 'atMs');
  let longestMs = 0;
  let at = 0;
  for (let index = 1; index < probes.length; index++) {
    const apartMs = instantMs(index) - instantMs(index - 1);
    if (apartMs > longestMs) [longestMs, at] = [apartMs, index];
  }
  const othersMs = (instantMs(probes.length - 1) - instantMs(0) - longestMs) / Math.max(1, probes.length - 2);
  if (longestMs < Math.max(LONG_HOLE_MS, LONG_HOLE * othersMs)) return [];
  const [lastedS, fromS] = [longestMs, instantMs(at - 1) - instantMs(0)].map((ms) => (ms / 1000).toFixed(1));
  return [`${file}: no probe was sent for ${lastedS} s from ${fromS} s on: the link stays as it was`];
};

/** A hole is told where it is as long as this, and as this many of the mean distances of the others. */
const LONG_HOLE_MS = 5000;
const LONG_HOLE = 20;

const USUAL_WINDOW_MS = 1000;

/** What an instant may be before the edge of its window: the sum of Unix milliseconds and a round trip is rounded. */
const ROUNDING_MS = 0.01;

/** More than a week of seconds: far above any run. */
const MOST_WINDOWS = 1_000_000;

/** What became of the probes of one window. */
class WindowTally {
  #probes = 0;
  #answered = 0;
  #lostUp = 0;
  #lostDown = 0;

  count(probes: ProbeList, index: number): void {
    const fate = probes.fate(index);
    this.#probes++;
    if (fate === 'answered') this.#answered++;
    else if (fate === 'lost-up') this.#lostUp++;
    else if (fate === 'lost-down') this.#lostDown++;
  }

  /** The share that passed in each direction, null where nothing says; all null without probes. */
  passed(): { readonly up: number | null; readonly down: number | null } | null {
    if (this.#probes === 0) return null;
    const known = this.#answered + this.#lostUp + this.#lostDown;
    if (known === 0) return { up: 0, down: 0 };
    // Two such shares in a row, one per direction, give the measured share of those whose direction is not known.
    const each = Math.sqrt(known / this.#probes);
    const arrived = this.#answered + this.#lostDown;
    return {
      up: (arrived / known) * each,
      down: arrived === 0 ? null : (this.#answered / arrived) * each,
    };
  }
}

/** The states of one direction, window by window. */
class Direction {
  readonly recording: Recording & { readonly states: LinkState[] };
  readonly #delaysMs: Float64Array;
  #before: LinkState;
  #scratch = new Float64Array(64);

  constructor(delaysMs: Float64Array, windowMs: Ms, count: number) {
    const first = delaysMs.find((delayMs) => !Number.isNaN(delayMs))!;
    this.#delaysMs = delaysMs;
    // A lost probe has no delay: the window gets that of the last window that had one, or of the first one that will.
    this.#before = { up: true, delayUs: first * 1000, jitterUs: 0, lossRate: 0, rateKbps: 0 };
    this.recording = { windowMs, periodMs: count * windowMs, states: [] };
  }

  /** Closes a window with the probes from `from` to just before `to`, of which the share `passed` passed. */
  close(probes: ProbeList, from: number, to: number, passed: number | null, rates: 'upMbps' | 'downMbps'): void {
    this.#before = this.#stateOf(probes, from, to, passed, rates);
    this.recording.states.push(this.#before);
  }

  #stateOf(
    probes: ProbeList,
    from: number,
    to: number,
    passed: number | null,
    rates: 'upMbps' | 'downMbps',
  ): LinkState {
    if (from === to) return this.#before;
    let sumMbps = 0;
    let rated = 0;
    for (let index = from; index < to; index++) {
      const mbps = probes.value(index, rates);
      if (Number.isNaN(mbps)) continue;
      sumMbps += mbps;
      rated++;
    }
    const rateKbps = rated === 0 ? this.#before.rateKbps : Math.round((1000 * sumMbps) / rated);
    const isBlocked = rated > 0 && rateKbps === 0; // a rate of 0 would mean unlimited
    if (passed === 0 || isBlocked) return { ...this.#before, up: false, rateKbps };
    const { medianMs, leastMs } = this.#delays(from, to);
    const lossRate = passed === null ? this.#before.lossRate : 1 - passed;
    if (Number.isNaN(medianMs)) return { ...this.#before, up: true, lossRate, rateKbps };
    return { up: true, delayUs: medianMs * 1000, jitterUs: (medianMs - leastMs) * 1000, lossRate, rateKbps };
  }

  #delays(from: number, to: number): { readonly medianMs: number; readonly leastMs: number } {
    if (this.#scratch.length < to - from) this.#scratch = new Float64Array(2 * (to - from));
    let count = 0;
    for (let index = from; index < to; index++) {
      const delayMs = this.#delaysMs[index]!;
      if (!Number.isNaN(delayMs)) this.#scratch[count++] = delayMs;
    }
    const sorted = this.#scratch.subarray(0, count).sort();
    return { medianMs: sorted[count >> 1] ?? Number.NaN, leastMs: sorted[0] ?? Number.NaN };
  }
}
