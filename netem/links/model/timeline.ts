import type { Ms } from '../../../core/time/clock.ts';
import type { BurstLoss, LinkModel, LinkState, QueueBound } from './link-model.ts';

/** A state, and the instant from which it is valid. */
export interface Change {
  readonly atMs: Ms;
  readonly state: LinkState;
}

/** The state at `fromMs`, then each change before `toMs`, in constant memory. Changes to an equal state are left out. */
export function* timeline(link: LinkModel, fromMs: Ms, toMs: Ms): Generator<Change> {
  let state = link.stateAt(fromMs);
  yield { atMs: fromMs, state };
  for (let atMs = link.nextChangeAfter(fromMs); atMs !== null && atMs < toMs; atMs = link.nextChangeAfter(atMs)) {
    const next = link.stateAt(atMs);
    if (isSame(state, next)) continue;
    state = next;
    yield { atMs, state };
  }
}

/**
 * The same link, computed once from `fromMs` to `toMs` and then read from memory: for both directions of a comparison, for
 * several policies, and for hosts that must not compute a path while bytes wait. Outside of that time it asks `link`.
 */
export const recordedLink = (link: LinkModel, fromMs: Ms, toMs: Ms): LinkModel => {
  const work = recordingLink(link, fromMs, toMs);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
};

/** The same in pieces of some ten milliseconds of work: yields the instant that it has reached. */
export function* recordingLink(link: LinkModel, fromMs: Ms, toMs: Ms): Generator<Ms, LinkModel> {
  const changes: Change[] = [];
  for (const change of timeline(link, fromMs, toMs)) {
    if (changes.push(change) % CHANGES_A_PIECE === 0) yield change.atMs;
  }
  // With an end that is never reached: to read beyond a typed array is slow.
  const atMs = Float64Array.from([...changes.map((change) => change.atMs), Number.POSITIVE_INFINITY]);
  const changeAfterEndMs = firstChangeFrom(toMs, link, fromMs);
  const isRecorded = (askedMs: Ms): boolean => askedMs >= fromMs && askedMs < toMs;
  let cursor = 0;
  const indexAt = (askedMs: Ms): number => {
    const isAtCursor = askedMs >= atMs[cursor]! && askedMs < atMs[cursor + 1]!;
    if (!isAtCursor) cursor = lastAtOrBefore(atMs, askedMs); // most callers ask about now, and then about now again
    return cursor;
  };
  return {
    stateAt: (askedMs) => (isRecorded(askedMs) ? changes[indexAt(askedMs)]!.state : link.stateAt(askedMs)),
    nextChangeAfter(afterMs) {
      if (!isRecorded(afterMs)) return link.nextChangeAfter(afterMs);
      const next = indexAt(afterMs) + 1;
      return next < changes.length ? atMs[next]! : changeAfterEndMs;
    },
  };
}

const CHANGES_A_PIECE = 64;

/** The first change at or after `wantedMs`, found by walking from `afterMs`: asking after `wantedMs` would miss one at it. */
const firstChangeFrom = (wantedMs: Ms, link: LinkModel, afterMs: Ms): Ms | null => {
  let atMs = link.nextChangeAfter(afterMs);
  while (atMs !== null && atMs < wantedMs) atMs = link.nextChangeAfter(atMs);
  return atMs;
};

const lastAtOrBefore = (sorted: Float64Array, value: number): number => {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** Whether two states do the same to a message. */
export const isSame = (a: LinkState, b: LinkState): boolean =>
  a.up === b.up &&
  a.delayUs === b.delayUs &&
  a.jitterUs === b.jitterUs &&
  a.lossRate === b.lossRate &&
  a.rateKbps === b.rateKbps &&
  isSameBurst(a.burst, b.burst) &&
  isSameQueue(a.queue, b.queue);

const isSameBurst = (a: BurstLoss | undefined, b: BurstLoss | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.p === b.p &&
    a.r === b.r &&
    a.lossInBad === b.lossInBad &&
    a.lossInGood === b.lossInGood);

const isSameQueue = (a: QueueBound | undefined, b: QueueBound | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.limit === b.limit && a.unit === b.unit && a.drop === b.drop);
