import type { Ms } from '../core/time/clock.ts';
import type { PlannedRequest, Schedule } from './schedule.ts';

/** A user sends at most so many requests a second: more than people, tools and servers do. It bounds how many may follow. */
const MOST_PER_S = 100;

/** When a request that follows another is meant to leave: after a pause from the end of the one before, but not too soon after its start. */
export const followsAtMs = (of: { readonly beganAtMs: Ms; readonly endedAtMs: Ms; readonly pauseMs: Ms }): Ms =>
  Math.max(of.endedAtMs + of.pauseMs, of.beganAtMs + 1000 / MOST_PER_S);

/** The number of the request that follows `index` others, the first of them `firstId` in a schedule of `length`. */
export const followerId = (firstId: number, index: number, length: number): number => firstId + index * length;

export const hasFollowers = (schedule: Schedule): boolean => schedule.some(({ next }) => next !== null);

/** How many requests of a run may follow others at most: their numbers are below the length of the schedule and this. */
export const mayFollow = (schedule: Schedule, durationMs: Ms): number =>
  hasFollowers(schedule) ? schedule.length * Math.ceil((MOST_PER_S * durationMs) / 1000) : 0;

/** Every request of a run in which each answer just meets the objectives: those of the schedule, and those that then follow. */
export function* nominalRequests(
  schedule: Schedule,
  { ttftMs, tpotMs }: { readonly ttftMs: Ms; readonly tpotMs: Ms },
): Generator<PlannedRequest> {
  for (const first of schedule) {
    for (let request: PlannedRequest | null = first; request !== null; ) {
      yield request;
      const { atMs, outputTokens, next }: PlannedRequest = request;
      request = next?.(atMs + ttftMs + (outputTokens - 1) * tpotMs, 'answered') ?? null;
    }
  }
}
