import type { Ms } from '../../../core/time/clock.ts';
import { MSS_BYTES } from './tcp-constants.ts';

/** A segment that was sent and is not acknowledged in order. */
export interface Segment {
  readonly startSeq: number;
  endSeq: number;
  /** When it was last sent, and when it arrives: Infinity while every copy of it was lost. */
  sentAtMs: Ms;
  arriveAtMs: Ms;
  /** The receiver has said that it is there, in or out of order. */
  isSacked: boolean;
  isLost: boolean;
  /** It was sent again, and that copy is not known to be lost. */
  isOut: boolean;
  wasResent: boolean;
}

/** What is outstanding, in the order of the stream, and what the sender believes of each segment. Source: RFC 6675, RFC 8985 (RACK). */
export class Scoreboard {
  readonly segments: Segment[] = [];
  /** What may still arrive, the longest in flight first. */
  readonly #inOrderOfSending = new Set<Segment>();
  sacked = 0;
  #lost = 0;
  #out = 0;
  #lostAndOut = 0;
  /** The segment that was sent last of those that arrived. */
  #newestSentAtMs: Ms = Number.NEGATIVE_INFINITY;
  #newestEndSeq = 0;
  #newestRttMs: Ms;

  /** `rttMs` is the round trip of what arrived before. */
  constructor(rttMs: Ms) {
    this.#newestRttMs = rttMs;
  }

  get inFlight(): number {
    return this.segments.length - this.sacked - this.#lost + this.#out;
  }

  /** Segments that count as lost, also while they are sent again. */
  get lost(): number {
    return this.#lost;
  }

  get hasLost(): boolean {
    return this.#lost > 0;
  }

  /** Whether nothing is missing, sent again or out of order. */
  get isClean(): boolean {
    return this.sacked === 0 && this.#lost === 0 && this.#out === 0;
  }

  /** Whether a segment is lost and was not sent again. */
  get hasToResend(): boolean {
    return this.#lost > this.#lostAndOut;
  }

  add(segment: Segment): void {
    this.segments.push(segment);
    this.#inOrderOfSending.add(segment);
  }

  /** Whether `segment` was sent before the one that was sent last of those that arrived. */
  isOlderThanNewest({ sentAtMs, endSeq }: Segment): boolean {
    return sentAtMs < this.#newestSentAtMs || (sentAtMs === this.#newestSentAtMs && endSeq < this.#newestEndSeq);
  }

  /** The sender hears that `segment` is there. A copy that came back faster than any round trip tells nothing about time. */
  sack(segment: Segment, nowMs: Ms, minRttMs: Ms): void {
    this.#unmark(segment);
    segment.isSacked = true;
    this.sacked++;
    this.#inOrderOfSending.delete(segment);
    const rttMs = nowMs - segment.sentAtMs;
    if ((segment.wasResent && rttMs < minRttMs) || this.isOlderThanNewest(segment)) return;
    this.#newestSentAtMs = segment.sentAtMs;
    this.#newestEndSeq = segment.endSeq;
    this.#newestRttMs = rttMs;
  }

  /** Whether a copy that had been sent again was lost. */
  markLost(segment: Segment): boolean {
    const wasOut = segment.isOut;
    this.#unmark(segment);
    segment.isLost = true;
    this.#lost++;
    this.#inOrderOfSending.delete(segment);
    return wasOut;
  }

  /** The sender takes back that anything was lost. */
  unmarkLost(): void {
    for (const segment of this.segments) {
      if (!segment.isLost) continue;
      const { isOut } = segment;
      this.#unmark(segment);
      segment.isOut = isOut;
      if (isOut) this.#out++;
      this.#inOrderOfSending.add(segment);
    }
  }

  /** `segment` is sent again. Lost ones behind it come along, as far as one segment holds them. */
  resend(segment: Segment, nowMs: Ms): void {
    const { segments } = this;
    const next = segments.indexOf(segment) + 1;
    while (segment.isLost && next < segments.length) {
      const other = segments[next]!;
      const isApart =
        !other.isLost || other.isOut || Math.min(segment.arriveAtMs, other.arriveAtMs) < Number.POSITIVE_INFINITY;
      if (isApart || other.endSeq - segment.startSeq > MSS_BYTES) break;
      segments.splice(next, 1);
      this.#lost--;
      segment.endSeq = other.endSeq;
    }
    if (!segment.isOut) {
      this.#out++;
      if (segment.isLost) this.#lostAndOut++;
    }
    segment.isOut = true;
    segment.wasResent = true;
    segment.sentAtMs = nowMs;
    this.#inOrderOfSending.delete(segment);
    this.#inOrderOfSending.add(segment); // the latest is the last
  }

  /** Removes what is acknowledged in order. How many segments, and the end of the last (0 for none). */
  takeAcknowledged(): { readonly count: number; readonly endSeq: number } {
    let count = 0;
    while (count < this.segments.length && this.segments[count]!.isSacked) count++;
    if (count === 0) return { count, endSeq: 0 };
    const { endSeq } = this.segments[count - 1]!;
    this.segments.splice(0, count);
    this.sacked -= count;
    return { count, endSeq };
  }

  /**
   * Marks as lost what was sent a round trip and `toleranceMs` before, when something sent later has arrived (RACK). Whether a
   * copy was among them, and how long until the next may be marked (0 when there is none).
   */
  findLost(nowMs: Ms, toleranceMs: Ms): { readonly hasLostCopy: boolean; readonly againAfterMs: Ms } {
    let hasLostCopy = false;
    let againAfterMs = 0;
    for (const segment of this.#inOrderOfSending) {
      if (!this.isOlderThanNewest(segment)) break;
      const restMs = this.restMs(segment, nowMs, toleranceMs);
      if (restMs <= 0) hasLostCopy = this.markLost(segment) || hasLostCopy;
      else againAfterMs = Math.max(againAfterMs, restMs);
    }
    return { hasLostCopy, againAfterMs };
  }

  /** How long after `nowMs` a segment counts as lost, if its round trip is that of the newest that arrived. */
  restMs({ sentAtMs }: Segment, nowMs: Ms, toleranceMs: Ms): Ms {
    return this.#newestRttMs + toleranceMs - (nowMs - sentAtMs);
  }

  #unmark(segment: Segment): void {
    if (segment.isLost) this.#lost--;
    if (segment.isOut) this.#out--;
    if (segment.isLost && segment.isOut) this.#lostAndOut--;
    segment.isLost = false;
    segment.isOut = false;
  }
}
