import type { EventSink, Outcome } from '../../../core/event/event.ts';
import { Histogram } from '../../../core/stats/histogram.ts';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import { hasFollowers } from '../../../workload/followers.ts';
import type { LoadTransportName } from '../../../workload/load-schema.ts';
import type { PlannedRequest, Schedule } from '../../../workload/schedule.ts';
import type { ClientRetries } from '../client-retries.ts';
import { GenerateCall } from '../generate-call.ts';
import { generateMessage } from '../generate-message.ts';
import type { LoadTransport } from '../load-transport.ts';
import { droppedEvent, sentEvent } from '../request-events.ts';
import { RunGaps } from '../run-gaps.ts';
import { OwnEffort } from './own-effort.ts';
import type { OwnTax } from './own-tax.ts';

export interface LoadGeneratorOptions {
  /** What this process sends: a part of the schedule of the run, or all of it. */
  readonly schedule: Schedule;
  /** It is closed with the generator. */
  readonly transport: LoadTransport;
  readonly clock: Clock;
  readonly emit: EventSink;
  readonly deadlineMs: Ms;
  readonly maxInFlight: number;
  readonly retries: ClientRetries | null;
  /** What its log calls this process. */
  readonly part: string;
  readonly warmUpMs: Ms;
  /** An answer whose next message takes longer has stalled. */
  readonly stallMs: Ms;
  readonly transportName: LoadTransportName;
  /** What was measured of it before the run; null where nothing was. */
  readonly tax: OwnTax | null;
}

/** The progress of a run. */
export interface LoadProgress {
  readonly sent: number;
  readonly ended: number;
  readonly answered: number;
}

/**
 * Sends a schedule: each request leaves at its intended time, whatever happened to the others. Where users wait for answers, the intended
 * time is the end of a pause after the answer before it. It logs how well it kept its times when it closes.
 */
export class LoadGenerator {
  readonly #options: LoadGeneratorOptions;
  readonly #lag = new Histogram();
  readonly #gaps: RunGaps;
  readonly #effort = new OwnEffort();
  readonly #open = new Set<GenerateCall>();
  readonly #idle = Promise.withResolvers<void>();
  #next = 0;
  /** Requests that follow the answers to others: sent so far, and those that wait for the end of a pause. */
  #followed = 0;
  #pausing = 0;
  #sent = 0;
  #ended = 0;
  #answered = 0;

  constructor(options: LoadGeneratorOptions) {
    this.#options = options;
    this.#gaps = new RunGaps(options);
  }

  get progress(): LoadProgress {
    return { sent: this.#sent, ended: this.#ended, answered: this.#answered };
  }

  /** Sends all requests; resolves when every one has ended. */
  run(): Promise<void> {
    this.#effort.begin();
    this.#scheduleNext();
    return this.#idle.promise;
  }

  /**
   * Stops sending, counts running requests as open, or as interrupted where the run did not come to its end, logs its own figures
   * and closes its connections.
   */
  close({ isInterrupted }: { readonly isInterrupted: boolean }): void {
    const { emit, clock, part, schedule, transport, transportName, tax } = this.#options;
    this.#next = Number.POSITIVE_INFINITY;
    for (const call of this.#open) call.cutOff(isInterrupted ? 'interrupted' : 'open');
    const atMs = clock.now();
    emit(this.#gaps.event(part, atMs));
    emit({
      kind: 'generator',
      atMs,
      part,
      transport: transportName,
      offered: schedule.length + this.#followed,
      sent: this.#sent,
      lagP50Ms: orZero(this.#lag.quantileUs(0.5)) / 1000,
      lagP99Ms: orZero(this.#lag.quantileUs(0.99)) / 1000,
      ...this.#effort.end(),
      ...(tax === null ? {} : { taxP50Ms: tax.p50Ms, taxP99Ms: tax.p99Ms }),
    });
    if (hasFollowers(schedule)) emit({ kind: 'followed', atMs, part, requests: this.#followed });
    transport.close();
  }

  #scheduleNext(): void {
    const planned = this.#options.schedule[this.#next];
    if (planned === undefined) {
      this.#resolveIfIdle();
      return;
    }
    const carried = generateMessage(planned); // made ahead: a long prompt takes longer than the request may be late
    this.#options.clock.at(planned.atMs, () => {
      if (this.#next === Number.POSITIVE_INFINITY) return;
      this.#next++;
      this.#send(planned, carried);
      this.#scheduleNext();
    });
  }

  #send(planned: PlannedRequest, carried: ReturnType<typeof generateMessage>): void {
    const { clock, emit, transport, deadlineMs, retries, maxInFlight } = this.#options;
    const nowMs = clock.now();
    this.#lag.record((nowMs - planned.atMs) * 1000);
    emit(sentEvent(planned, nowMs));
    if (this.#open.size >= maxInFlight) {
      emit(droppedEvent(planned, nowMs));
      this.#ended++;
      this.#follow(planned, 'dropped', nowMs);
      return;
    }
    this.#sent++;
    const call: GenerateCall = new GenerateCall({
      ...{ planned, carried, transport, clock, emit, deadlineMs, retries, gaps: this.#gaps },
      onEnd: (outcome, atMs) => {
        this.#open.delete(call);
        this.#ended++;
        if (outcome === 'answered') this.#answered++;
        this.#follow(planned, outcome, atMs);
        this.#resolveIfIdle();
      },
    });
    this.#open.add(call);
  }

  /** Its user asks again, after a pause that began when it ended. */
  #follow({ next }: PlannedRequest, outcome: Outcome, endedAtMs: Ms): void {
    if (next === null || this.#next === Number.POSITIVE_INFINITY) return;
    const { clock } = this.#options;
    const following = next(endedAtMs, outcome);
    if (following === null) return;
    const carried = generateMessage(following);
    this.#pausing++;
    clock.at(following.atMs, () => {
      this.#pausing--;
      if (this.#next === Number.POSITIVE_INFINITY) return;
      this.#followed++;
      this.#send(following, carried);
      this.#resolveIfIdle();
    });
  }

  #resolveIfIdle(): void {
    const isSent = this.#next >= this.#options.schedule.length && this.#pausing === 0;
    if (isSent && this.#open.size === 0) this.#idle.resolve();
  }
}

const orZero = (value: number): number => (Number.isNaN(value) ? 0 : value);
