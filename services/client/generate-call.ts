import type { EventSink, Outcome } from '../../core/event/event.ts';
import type { Cancel, Clock, Ms } from '../../core/time/clock.ts';
import { grpcStatus, statusName } from '../../router/attempt/grpc-status.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';
import { type ClientRetries, retryNumber, waitMs } from './client-retries.ts';
import { type generateMessage, numbered } from './generate-message.ts';
import type { AnswerListener, LoadTransport, OpenCall } from './load-transport.ts';
import { type CutOutcome, cutReason, outcomeOf } from './outcome.ts';
import type { GapsOfAnswer, RunGaps } from './run-gaps.ts';

export interface GenerateCallOptions {
  readonly planned: PlannedRequest;
  /** What `generateMessage` made of it. */
  readonly carried: ReturnType<typeof generateMessage>;
  readonly transport: LoadTransport;
  readonly clock: Clock;
  readonly emit: EventSink;
  /** Of all tries together. */
  readonly deadlineMs: Ms;
  readonly retries: ClientRetries | null;
  readonly gaps: RunGaps;
  /** With the instant that the log has. */
  readonly onEnd: (outcome: Outcome, atMs: Ms) => void;
}

/**
 * One `Generate` call of a schedule: sends the request when it is made, again where the client retries, and logs its first token and its
 * end, however many tries that took.
 */
export class GenerateCall implements AnswerListener {
  readonly #options: GenerateCallOptions;
  readonly #gaps: GapsOfAnswer;
  readonly #beganAtMs: Ms;
  #open: OpenCall | null = null;
  /** Of the next try. */
  #stopWaiting: Cancel | null = null;
  #retries = 0;
  #tokens = 0;
  #lastTokenAtMs: Ms | null = null;
  #hasEnded = false;

  constructor(options: GenerateCallOptions) {
    this.#options = options;
    this.#gaps = options.gaps.of(options.planned);
    this.#beganAtMs = options.clock.now();
    const { fields, message } = options.carried;
    this.#try(fields, message, options.deadlineMs);
  }

  /** The run ended before this call: counts it as that, and cancels it. */
  cutOff(outcome: CutOutcome): void {
    this.#end(outcome, 'CANCELLED', cutReason(outcome));
    this.#open?.cancel();
    this.#stopWaiting?.();
  }

  onMessage(tokens: number): void {
    if (this.#hasEnded || tokens === 0) return;
    const { emit, clock, planned } = this.#options;
    const nowMs = clock.now();
    if (this.#lastTokenAtMs === null) emit({ kind: 'first-token', atMs: nowMs, request: planned.id });
    else this.#gaps.add(nowMs - this.#lastTokenAtMs);
    this.#lastTokenAtMs = nowMs;
    this.#tokens += tokens;
  }

  onEnd(code: number, details: string): void {
    if (this.#hasEnded || this.#retry(code)) return;
    this.#end(outcomeOf(code), statusName(code), code === grpcStatus.ok ? undefined : details);
  }

  #try(fields: GenerateCallOptions['carried']['fields'], message: Uint8Array, timeoutMs: Ms): void {
    const { transport, planned } = this.#options;
    this.#open = transport.call({ client: planned.client, fields, message, timeoutMs }, this);
  }

  /** Tokens cannot be taken back, so a call that has one is never tried again. Returns whether there is another try. */
  #retry(code: number): boolean {
    const { clock, retries, carried, deadlineMs, planned } = this.#options;
    const wait = this.#tokens > 0 ? null : waitMs(retries, { code, retries: this.#retries });
    const nowMs = clock.now();
    if (wait === null || nowMs + wait >= this.#beganAtMs + deadlineMs) return false;
    this.#retries++;
    this.#open = null;
    this.#stopWaiting = clock.at(nowMs + wait, (atMs) => {
      this.#stopWaiting = null;
      const fields = numbered(carried.fields, retryNumber(retries!, planned.id, this.#retries));
      this.#try(fields, carried.message, this.#beganAtMs + deadlineMs - atMs);
    });
    return true;
  }

  #end(outcome: Outcome, status: string, reason: string | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const { emit, clock, planned, onEnd } = this.#options;
    const atMs = clock.now();
    emit({
      kind: 'finished',
      atMs,
      request: planned.id,
      outcome,
      tokens: this.#tokens,
      ...(this.#lastTokenAtMs === null ? {} : { lastTokenAtMs: this.#lastTokenAtMs }),
      ...this.#gaps.logged(),
      ...(this.#retries === 0 ? {} : { retries: this.#retries }),
      status,
      ...(reason === undefined ? {} : { reason }),
    });
    onEnd(outcome, atMs);
  }
}
