import type { Clock, Ms } from '../../../core/time/clock.ts';
import type { OpenRequest } from './open-requests.ts';
import type { StepPower } from './shared-power.ts';
import type { StepDuration } from './step-duration.ts';
import type { StepMeter } from './step-meter.ts';
import type { StepSource } from './step-source.ts';

export interface StepLoopOptions {
  readonly clock: Clock;
  readonly source: StepSource<OpenRequest>;
  readonly duration: StepDuration;
  readonly meter: StepMeter;
  readonly power: StepPower | null;
  /** Asked before each step: when it may start, now or later; null when it may not, because there is no power. */
  readonly mayStartAtMs: (nowMs: Ms) => Ms | null;
  /** A request got its last token. */
  readonly onAnswered: (request: OpenRequest, atMs: Ms) => void;
  /** Hears how much later than due each step ended, its last tokens included: for an engine on a real clock. */
  readonly onStepLate?: ((lateMs: Ms) => void) | undefined;
  /**
   * How many sequences hear of their token before other callbacks of the clock have a turn; all of them by default. On a real
   * clock a step of a thousand answers would else keep sockets, cancellations and signals waiting until all are written.
   */
  readonly tellsInARow?: number | undefined;
}

/**
 * The step clock of an engine. A step starts when the last one was due to end, so the lateness of a real clock does not add up,
 * and every sequence of a step emits at its end.
 *
 * Hot path: a step allocates one timer; a token allocates nothing.
 */
export class StepLoop {
  readonly #options: StepLoopOptions;
  readonly #source: StepSource<OpenRequest>;
  readonly #tellsInARow: number;
  /** Requests that became ready after the last step began. */
  readonly #ready: OpenRequest[] = [];
  readonly #endStep = (dueMs: Ms): void => this.#onStepEnd(dueMs);
  #step: 'idle' | 'starting' | 'computing' = 'idle';
  #stepMs: Ms = 0;
  #stepEndsAtMs: Ms = 0;
  #promptTokens = 0;

  constructor(options: StepLoopOptions) {
    this.#options = options;
    this.#source = options.source;
    this.#tellsInARow = options.tellsInARow ?? EVERYBODY;
  }

  /** When the next step may start; null when nothing is under way. */
  get nextStepAtMs(): Ms | null {
    return this.#step === 'idle' ? null : this.#stepEndsAtMs;
  }

  /** Prompt tokens of the step under way that are not computed yet, if it computes them evenly. */
  uncomputedPromptTokens(nowMs: Ms): number {
    if (this.#step !== 'computing' || this.#promptTokens === 0) return 0;
    return this.#promptTokens * Math.min(1, Math.max(0, (this.#stepEndsAtMs - nowMs) / this.#stepMs));
  }

  /** A request may be scheduled from `dueMs` on. */
  add(request: OpenRequest, dueMs: Ms): void {
    this.#ready.push(request);
    this.#source.add(request);
    // By a timer, so that requests that become ready at the same instant join the step.
    if (this.#step === 'idle') this.#startAt(dueMs);
  }

  /** The KV entries of a request came from another engine at `dueMs`. */
  join(request: OpenRequest, dueMs: Ms): void {
    this.#source.join(request);
    if (this.#step === 'idle') this.#startAt(dueMs);
  }

  /** Blocks became free outside of a step: those that waited for them may begin. */
  wake(nowMs: Ms): void {
    if (this.#step === 'idle' && this.#source.waitingCount > 0) this.#startAt(nowMs);
  }

  /** Requests that are not `kept` are gone: nobody hears that they were queued. */
  keepReady(kept: (request: OpenRequest) => boolean): void {
    const ready = this.#ready.filter(kept);
    this.#ready.length = 0;
    this.#ready.push(...ready);
  }

  #startAt(atMs: Ms): void {
    this.#step = 'starting';
    this.#stepEndsAtMs = atMs;
    this.#options.clock.at(atMs, (startMs) => this.#startStep(startMs));
  }

  #startStep(startMs: Ms): void {
    const { power, clock, duration } = this.#options;
    const allowedAtMs = this.#options.mayStartAtMs(startMs);
    if (allowedAtMs === null) {
      this.#step = 'idle';
      return;
    }
    if (allowedAtMs > startMs) {
      this.#startAt(allowedAtMs);
      return;
    }
    if (this.#ready.length > 0) this.#tellQueued(startMs);
    const batch = this.#source.begin();
    if (batch === null) {
      this.#step = 'idle';
      power?.idle(startMs);
      return;
    }
    this.#step = 'computing';
    const phi = power === null ? 1 : power.begin(startMs, batch);
    this.#stepMs = duration.drawMs(batch, phi);
    this.#stepEndsAtMs = startMs + this.#stepMs;
    this.#promptTokens = this.#source.promptTokens;
    clock.at(this.#stepEndsAtMs, this.#endStep);
    for (const request of this.#source.started)
      if (!request.ended) request.listener.onScheduled(startMs, request.cachedTokens);
  }

  #tellQueued(startMs: Ms): void {
    for (const request of this.#ready) if (!request.ended) request.listener.onQueued?.(startMs);
    this.#ready.length = 0;
  }

  #onStepEnd(dueMs: Ms): void {
    this.#options.meter.record(this.#stepMs, this.#promptTokens);
    // Commit the whole step before calling a listener, because a listener may cancel any request.
    const emitting = this.#source.commit();
    this.#options.power?.made(this.#promptTokens, emitting.length);
    this.#tell(emitting, 0, dueMs);
  }

  /** Tells the sequences from `first` on of their token, and starts the next step after the last of them. */
  #tell(emitting: readonly OpenRequest[], first: number, dueMs: Ms): void {
    const { clock, onAnswered, onStepLate } = this.#options;
    const until = Math.min(emitting.length, first + this.#tellsInARow);
    if (until === emitting.length) onStepLate?.(clock.now() - dueMs);
    for (let index = first; index < until; index++) {
      const request = emitting[index]!;
      if (request.ended) continue;
      request.listener.onTokens(1, dueMs);
      if (request.delivered === request.outputTokens && !request.ended) onAnswered(request, dueMs);
    }
    if (until < emitting.length) clock.at(dueMs, () => this.#tell(emitting, until, dueMs));
    else this.#startStep(dueMs);
  }
}

/** More than any step has. A small integer, because a loop up to Infinity counts in floating point. */
const EVERYBODY = 2 ** 29;
