import type { Ms } from '../../../core/time/clock.ts';
import type { LinkModel, LinkState } from '../model/link-model.ts';
import { isSame } from '../model/timeline.ts';

/** One direction of a path as it was measured: a state for each window of time, repeated after the last. */
export interface Recording {
  readonly windowMs: Ms;
  /** When it starts again: the last window may be shorter than the others. */
  readonly periodMs: Ms;
  /** At least one. */
  readonly states: readonly LinkState[];
}

/** Plays `recording` from the start of the run, again and again. */
export const traceLink = ({ windowMs, periodMs, states }: Recording): LinkModel => {
  const startMs = (index: number): Ms => {
    const turn = Math.floor(index / states.length);
    return turn * periodMs + (index - turn * states.length) * windowMs;
  };
  const indexAt = (atMs: Ms): number => {
    const turn = Math.floor(atMs / periodMs);
    const within = Math.min(states.length - 1, Math.floor((atMs - turn * periodMs) / windowMs));
    let index = turn * states.length + within;
    // Rounding in the divisions can give the window next to the right one.
    while (atMs < startMs(index)) index--;
    while (atMs >= startMs(index + 1)) index++;
    return index;
  };
  const toChange = windowsToChange(states);
  const stateOf = (index: number): LinkState => states[index - Math.floor(index / states.length) * states.length]!;
  return {
    stateAt: (atMs) => stateOf(indexAt(atMs)),
    nextChangeAfter: (afterMs) => {
      const index = indexAt(afterMs);
      const windows = toChange[index - Math.floor(index / states.length) * states.length]!;
      return windows === 0 ? null : startMs(index + windows);
    },
  };
};

/** For each state, after how many windows another one follows, the recording repeated; 0 where none ever does. */
const windowsToChange = (states: readonly LinkState[]): Uint32Array => {
  const toChange = new Uint32Array(states.length);
  const last = states.length - 1;
  let run = 0;
  // Twice round from the end, so that a run that goes over the end is counted whole.
  for (let index = 2 * states.length - 1; index >= 0; index--) {
    const at = index % states.length;
    const [state, next] = [states[at]!, states[at === last ? 0 : at + 1]!];
    run = state === next || isSame(state, next) ? (run === 0 ? 0 : run + 1) : 1;
    toChange[at] = run;
  }
  return toChange;
};

/** What a forecast expects of `recording` without reading ahead in it: the median of each number, always up. */
export const usualLink = ({ states }: Recording): LinkModel => {
  const up = states.filter((state) => state.up);
  const median = (numberOf: (state: LinkState) => number): number => {
    const sorted = (up.length === 0 ? states : up).map(numberOf).sort((a, b) => a - b);
    return sorted[sorted.length >> 1]!;
  };
  const delayUs = median((state) => state.delayUs - state.jitterUs) + median((state) => state.jitterUs);
  const state: LinkState = {
    up: true,
    delayUs,
    jitterUs: median(({ jitterUs }) => jitterUs),
    lossRate: median(({ lossRate }) => lossRate),
    rateKbps: median(({ rateKbps }) => rateKbps),
  };
  return { stateAt: () => state, nextChangeAfter: () => null };
};

/** The minimum one-way time in `recording`, in microseconds. */
export const leastDelayUs = ({ states }: Recording): number =>
  states.reduce((least, { delayUs, jitterUs }) => Math.min(least, delayUs - jitterUs), Number.POSITIVE_INFINITY);
