import type { Ms } from '../../../core/time/clock.ts';

/** What one direction of a path does to a message that enters it now. */
export interface LinkState {
  /** Whether anything passes. Messages that wait while a link is down pass when it is up again. */
  readonly up: boolean;
  /** One-way delay before queueing and jitter, in microseconds. */
  readonly delayUs: number;
  /** Half-width of the uniform variation around `delayUs`, in microseconds (the same meaning as in netem). */
  readonly jitterUs: number;
  /** Probability that a packet is lost, 0 to 1. */
  readonly lossRate: number;
  /** Serialisation rate in kilobits (1000 bits) a second; 0 means unlimited. */
  readonly rateKbps: number;
}

/**
 * One direction of a path, as a pure function of time: every part of a run that asks computes the same answer.
 * The state is constant from one change to the next.
 */
export interface LinkModel {
  stateAt(atMs: Ms): LinkState;
  /** The first instant after `afterMs` at which the state may differ, or null when it never changes again. */
  nextChangeAfter(afterMs: Ms): Ms | null;
}

/** A layer on a link: outages, congestion, access overhead. Compose them from the inside out. */
export type Effect = (link: LinkModel) => LinkModel;
