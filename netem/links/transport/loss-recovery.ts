import type { Cancel, Clock, Ms } from '../../../core/time/clock.ts';
import type { Deliveries } from './deliveries.ts';
import type { Flight } from './flight.ts';
import type { OrderedWire } from './ordered-wire.ts';
import { type Heard, Outstanding } from './outstanding.ts';
import { RateReduction } from './rate-reduction.ts';
import { RetransmissionTimer, type TimerKind } from './retransmission-timer.ts';
import type { Segment } from './scoreboard.ts';
import type { Sender } from './sender.ts';
import { MOST_TIMEOUTS, RTO_MARGIN_MS } from './tcp-constants.ts';
import type { Ticks } from './tcp-timer.ts';
import { WindowMemory } from './window-memory.ts';

/**
 * Repairs what a link lost, event by event, as the sender of Linux does: tail loss probes, RACK, proportional rate reduction,
 * time-outs with back-off and F-RTO. `Transport` starts it at a loss; it is done when nothing is missing.
 * Sources: RFC 8985 (RACK-TLP), RFC 6937 (PRR), RFC 6298 (RTO), RFC 5682 (F-RTO).
 */
export class LossRecovery {
  isDead = false;
  readonly #clock: Clock;
  readonly #sender: Sender;
  readonly #deliveries: Deliveries;
  readonly #timer: RetransmissionTimer;
  readonly #out: Outstanding;
  readonly #onRepaired: (nowMs: Ms) => void;
  readonly #onDead: () => void;
  readonly #flight: Flight;
  readonly #memory = new WindowMemory();
  #state: 'open' | 'disorder' | 'recovery' | 'loss' = 'open';
  /** Where the stream ended when the trouble began: it is over when that is acknowledged. */
  #highSeq = 0;
  #reduction: RateReduction | null = null;
  /** F-RTO: the last time-out may have been a false alarm. */
  #isTestingTimeout = false;
  #timeouts = 0;
  #nextAck: { readonly atMs: Ms; readonly cancel: Cancel } | null = null;

  /** Takes over what is in flight, just after something was sent at `nowMs`. */
  constructor(options: {
    readonly clock: Clock;
    readonly wire: OrderedWire;
    readonly sender: Sender;
    readonly deliveries: Deliveries;
    readonly flight: Flight;
    readonly ticks: Ticks;
    readonly nowMs: Ms;
    /** Nothing is missing: what is still in flight is in `flight` again. */
    readonly onRepaired: (nowMs: Ms) => void;
    readonly onDead: () => void;
  }) {
    const { clock, ticks, sender, deliveries, flight } = options;
    this.#clock = clock;
    this.#sender = sender;
    this.#deliveries = deliveries;
    this.#flight = flight;
    this.#onRepaired = options.onRepaired;
    this.#onDead = options.onDead;
    this.#out = new Outstanding(sender, options.wire, deliveries, flight);
    const fire = (kind: TimerKind, atMs: Ms): void => this.#onTimer(kind, atMs);
    this.#timer = new RetransmissionTimer({ clock, ticks, rtt: sender.rtt, fire });
    this.#armProbe(options.nowMs, this.#restOfTimeoutMs(options.nowMs));
    this.#awaitAck();
  }

  /** The application has written more. */
  written(nowMs: Ms): void {
    if (this.isDead) return;
    this.#sendNew(nowMs);
    this.#awaitAck();
  }

  stop(): void {
    this.#timer.cancel();
    this.#nextAck?.cancel();
    this.#nextAck = null;
  }

  #onAck(nowMs: Ms): void {
    this.#nextAck = null;
    const { board } = this.#out;
    const heard = this.#out.hear(nowMs);
    if (heard.advanced > 0) this.#timeouts = 0;
    if (!Number.isNaN(heard.rttMs)) this.#timer.backoff = 0;
    this.#memory.superfluous(heard.superfluous);
    const [first] = board.segments;
    // The timer starts again when the stream advances, or when what came was sent before the first segment was, the last time.
    const restarts = heard.advanced > 0 || (first !== undefined && heard.rttMs > nowMs - first.sentAtMs);
    const lostBefore = board.lost;
    const isSendingNew = this.#react(heard, nowMs);
    if (restarts && this.#timer.kind !== 'reordering') this.#rearm(nowMs);
    if (this.#reduction !== null) {
      if (heard.delivered > 0) this.#reduce(heard.delivered, heard.advanced > 0 && board.lost <= lostBefore);
    } else if (heard.advanced > 0) this.#sender.grow(heard.delivered);
    if (!isSendingNew || !this.#testWithNewData(nowMs)) {
      this.#resendLost(nowMs);
      this.#sendNew(nowMs);
    }
    this.#handBackOrWait(nowMs);
  }

  /** Changes the state by what was heard. Whether new data is to show if a time-out was a false alarm. */
  #react(heard: Heard, nowMs: Ms): boolean {
    const sender = this.#sender;
    const isOver = sender.unaSeq >= this.#highSeq;
    let isSendingNew = false;
    if (this.#state === 'recovery') {
      if (heard.advanced > 0 && this.#memory.isFalseAlarm(heard.newestSentAtMs)) this.#undo();
      else if (isOver) {
        sender.window.segments = sender.window.threshold;
        this.#open();
      }
    } else if (this.#state === 'loss') isSendingNew = this.#reactToTimeout(heard, isOver);
    const hasLostCopy = this.#findLost(nowMs);
    if (this.#state === 'loss' && !hasLostCopy) return isSendingNew;
    if (this.#state === 'recovery') return false;
    if (this.#out.board.hasLost) this.#enterRecovery();
    else this.#state = this.#out.board.isClean ? 'open' : 'disorder';
    return false;
  }

  #reactToTimeout(heard: Heard, isOver: boolean): boolean {
    const isFalseAlarm = heard.advanced > 0 && this.#memory.isFalseAlarm(heard.newestSentAtMs);
    if (isFalseAlarm || (this.#isTestingTimeout && heard.originalEndSeq <= this.#highSeq)) {
      this.#undo();
      return false;
    }
    if (isOver) {
      this.#open();
      return false;
    }
    if (!this.#isTestingTimeout) return false;
    if (this.#sender.sentSeq > this.#highSeq) {
      if (heard.delivered > heard.advanced) this.#isTestingTimeout = false; // what was sent later has arrived: it was no false alarm
      return false;
    }
    return heard.advanced > 0;
  }

  /** Whether new data was there to be sent. */
  #testWithNewData(nowMs: Ms): boolean {
    this.#sendNew(nowMs);
    this.#isTestingTimeout = this.#sender.sentSeq > this.#highSeq;
    return this.#isTestingTimeout;
  }

  #undo(): void {
    this.#memory.restore(this.#sender.window);
    this.#out.board.unmarkLost();
    this.#open();
  }

  #open(): void {
    this.#state = this.#out.board.isClean ? 'open' : 'disorder';
    this.#reduction = null;
    this.#memory.forget();
    this.#isTestingTimeout = false;
  }

  #enterRecovery(): void {
    const { window } = this.#sender;
    this.#reduction = new RateReduction(window.segments);
    this.#memory.remember(window);
    window.lowerThreshold();
    this.#state = 'recovery';
    this.#highSeq = this.#sender.sentSeq;
    this.#sender.probedSeq = 0;
  }

  #reduce(newlyDelivered: number, isAdvancing: boolean): void {
    const { window } = this.#sender;
    const { inFlight } = this.#out.board;
    const allowed = this.#reduction!.allowed({ newlyDelivered, inFlight, threshold: window.threshold, isAdvancing });
    window.segments = Math.max(1, inFlight + allowed);
  }

  /** Marks what must be lost by now, and sets a timer for what may be soon. Whether a copy was lost. */
  #findLost(nowMs: Ms): boolean {
    const { board } = this.#out;
    const { minMs, smoothedMs } = this.#sender.rtt;
    const isSure = this.#state === 'recovery' || this.#state === 'loss' || board.sacked >= DUPLICATES;
    const { hasLostCopy, againAfterMs } = board.findLost(nowMs, isSure ? 0 : Math.min(minMs / 4, smoothedMs));
    if (againAfterMs > 0) this.#timer.arm('reordering', againAfterMs + LEAST_TIMER_MS, nowMs);
    else if (this.#timer.kind === 'reordering') this.#timer.arm('timeout', this.#restOfTimeoutMs(nowMs), nowMs);
    return hasLostCopy;
  }

  #onTimer(kind: TimerKind, nowMs: Ms): void {
    if (this.#out.board.segments.length === 0) return; // all was acknowledged while it was set
    if (kind === 'probe') this.#probe(nowMs);
    else if (kind === 'timeout') this.#onTimeout(nowMs);
    else this.#onReordering(nowMs);
    if (!this.isDead) this.#handBackOrWait(nowMs);
  }

  #probe(nowMs: Ms): void {
    const sender = this.#sender;
    if (sender.probedSeq === 0) {
      const bytes = sender.nextBytes(this.#deliveries);
      if (bytes > 0) this.#out.sendNew(bytes, nowMs);
      else this.#resend(this.#out.board.segments.at(-1)!, nowMs);
      sender.probedSeq = sender.sentSeq;
      sender.isProbeCopy = bytes === 0;
    }
    this.#timer.armTimeout(nowMs);
  }

  #onReordering(nowMs: Ms): void {
    this.#findLost(nowMs);
    if (this.#out.board.hasToResend) {
      if (this.#state !== 'recovery') {
        this.#enterRecovery();
        this.#reduce(1, false);
      }
      this.#resendLost(nowMs);
    }
    if (this.#timer.kind === null) this.#timer.arm('timeout', this.#restOfTimeoutMs(nowMs), nowMs);
  }

  #onTimeout(nowMs: Ms): void {
    if (this.#timeouts >= MOST_TIMEOUTS) {
      this.isDead = true;
      this.stop();
      this.#onDead();
      return;
    }
    const { board } = this.#out;
    const sender = this.#sender;
    const [first] = board.segments;
    const isFirstTimeout = this.#state === 'open' || this.#state === 'disorder';
    for (const segment of board.segments) {
      const isYoung = segment !== first && board.restMs(segment, nowMs, 0) > 0;
      if (!segment.isSacked && !isYoung) board.markLost(segment);
    }
    if (isFirstTimeout || sender.unaSeq >= this.#highSeq) {
      this.#memory.remember(sender.window);
      sender.window.lowerThreshold();
    }
    this.#isTestingTimeout = isFirstTimeout || this.#timeouts > 0;
    this.#reduction = null;
    this.#state = 'loss';
    this.#highSeq = sender.sentSeq;
    sender.probedSeq = 0;
    sender.window.restart(board.inFlight + 1);
    this.#timeouts++;
    this.#timer.backoff++;
    this.#resend(first!, nowMs);
    this.#timer.armTimeout(nowMs);
  }

  #resendLost(nowMs: Ms): void {
    const { board } = this.#out;
    const { segments } = board;
    for (let index = 0; board.hasToResend && board.inFlight < this.#sender.window.segments; index++) {
      const segment = segments[index]!;
      if (!segment.isLost || segment.isOut) continue;
      this.#resend(segment, nowMs);
      if (this.#reduction !== null) this.#reduction.sent++;
      if (index === 0 && this.#timer.kind !== 'reordering') this.#timer.armTimeout(nowMs);
    }
  }

  #resend(segment: Segment, nowMs: Ms): void {
    this.#memory.resent(nowMs);
    this.#out.resend(segment, nowMs);
  }

  #sendNew(nowMs: Ms): void {
    const sender = this.#sender;
    const { window } = sender;
    const { board } = this.#out;
    let count = 0;
    while (sender.sentSeq < sender.writtenSeq && board.inFlight < window.segments) {
      const bytes = sender.nextBytes(this.#deliveries);
      if (bytes === 0) break;
      this.#out.sendNew(bytes, nowMs);
      count++;
    }
    if (this.#reduction !== null) this.#reduction.sent += count;
    if (count > 0 || board.inFlight >= window.segments) {
      window.used(board.inFlight, board.segments.length, sender.unaSeq, sender.sentSeq, false);
    }
    if (count > 0 && !this.#armProbe(nowMs, this.#restOfTimeoutMs(nowMs)) && this.#timer.kind === null) {
      this.#timer.armTimeout(nowMs);
    }
  }

  /** Sets the tail loss probe, no later than `timeoutMs`. Whether it did: not while something is known to be missing. */
  #armProbe(nowMs: Ms, timeoutMs: Ms): boolean {
    const outstanding = this.#out.board.segments.length;
    if (this.#state !== 'open' || outstanding === 0) return false;
    const probeMs = 2 * this.#sender.rtt.smoothedMs + (outstanding === 1 ? RTO_MARGIN_MS : LEAST_TIMER_MS);
    this.#timer.arm('probe', timeoutMs > 0 ? Math.min(probeMs, timeoutMs) : probeMs, nowMs);
    return true;
  }

  #rearm(nowMs: Ms): void {
    if (this.#armProbe(nowMs, this.#timer.timeoutMs)) return;
    if (this.#timer.kind === 'probe') this.#timer.arm('timeout', Math.max(1, this.#restOfTimeoutMs(nowMs)), nowMs);
    else this.#timer.armTimeout(nowMs);
  }

  /** What is left of a time-out that began when the first segment was last sent. */
  #restOfTimeoutMs(nowMs: Ms): Ms {
    const [first] = this.#out.board.segments;
    return this.#timer.timeoutMs - (first === undefined ? 0 : nowMs - first.sentAtMs);
  }

  #handBackOrWait(nowMs: Ms): void {
    const latestAckAtMs = nowMs + 2 * this.#sender.rtt.smoothedMs;
    if (this.#state === 'open' && this.#out.handBack(this.#flight, latestAckAtMs)) {
      this.stop();
      this.#onRepaired(nowMs);
    } else this.#awaitAck();
  }

  #awaitAck(): void {
    const atMs = this.#out.nextAckAtMs;
    if (atMs === null || this.#nextAck?.atMs === atMs) return;
    this.#nextAck?.cancel();
    this.#nextAck = { atMs, cancel: this.#clock.at(atMs, (dueMs) => this.#onAck(dueMs)) };
  }
}

/** Segments beyond a hole that prove it (RFC 5681). */
const DUPLICATES = 3;

/** What Linux adds to a short timer. */
const LEAST_TIMER_MS = 2;
