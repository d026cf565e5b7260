import type { Ms } from '../../../core/time/clock.ts';

/**
 * Loss in bursts: a Gilbert-Elliott chain with a good and a bad state, which steps once a packet. The numbers are those of
 * netem's `gemodel`: `p`, `r`, `1-h` and `1-k`. The chain starts in the good state; a packet is lost with the
 * probability of the state in which it finds the chain, and then the chain steps.
 */
export interface BurstLoss {
  /** Probability that a packet takes the chain from good to bad, 0 to 1. */
  readonly p: number;
  /** Probability that a packet takes it from bad to good: more than 0, at most 1. Bad lasts for 1 / r packets. */
  readonly r: number;
  /** Probability that a packet is lost in the bad state. netem: `1-h`. */
  readonly lossInBad: number;
  /** Probability that a packet is lost in the good state. netem: `1-k`. */
  readonly lossInGood: number;
}

/** The bound of the queue before the rate of a link, and which packet is dropped when it is full. */
export interface QueueBound {
  /** How much may wait when a packet comes: `ms` at the rate of the link, or bytes, 0 or more. */
  readonly limit: number;
  readonly unit: 'ms' | 'bytes';
  /** The packet that comes (`tail`), or the one that has waited longest (`front`). */
  readonly drop: 'tail' | 'front';
}

/** What one direction of a path does to a message that enters it now. */
export interface LinkState {
  /** Whether anything passes. Packets that enter a link that is down are lost. */
  readonly up: boolean;
  /** One-way delay before queueing and jitter, in microseconds. */
  readonly delayUs: number;
  /** Half-width of the uniform variation around `delayUs`, in microseconds (the same meaning as in netem). */
  readonly jitterUs: number;
  /** Probability that a packet is lost, each independently of the others, 0 to 1. */
  readonly lossRate: number;
  /** Serialisation rate in kilobits (1000 bits) a second; 0 means unlimited. */
  readonly rateKbps: number;
  /** Loss in bursts, besides and independently of `lossRate`. Missing where there is none. */
  readonly burst?: BurstLoss;
  /** The bound of the queue before `rateKbps`. Missing where the queue has no bound. */
  readonly queue?: QueueBound;
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
