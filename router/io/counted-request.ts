import type { Ms } from '../../core/time/clock.ts';
import type { WheelEntry } from '../../core/time/timing-wheel.ts';
import type { Attempt } from '../attempt/attempt.ts';
import type { Ending } from '../attempt/ending.ts';
import { grpcStatus } from '../attempt/grpc-status.ts';
import { RoutedRequest } from '../attempt/routed-request.ts';
import type { Status, Wire } from '../attempt/wire.ts';
import { readsLengths } from '../pick/reads-lengths.ts';
import { NO_ROOM_FOR_REQUEST } from './node-endings.ts';
import type { NodePath } from './node-path.ts';
import { attemptCountedAs, requestCountedAs } from './path-counts.ts';
import { tokensOfBytes } from './prompt-estimate.ts';
import type { Admitted, ProxyPath } from './proxy-path.ts';
import type { RequestUnderWay } from './requests-under-way.ts';

/** What of its data path a request needs to be counted. */
type Counting = Pick<
  ProxyPath<NodePath>,
  'router' | 'clock' | 'counts' | 'calls' | 'deadlines' | 'begun' | 'over' | 'bytesPerToken'
>;

/** A request as every data path has it, whatever carries its bytes: its lifecycle, its deadline, and what is counted of it. */
export class CountedRequest implements RequestUnderWay, WheelEntry {
  place = -1;
  dueAtMs: Ms = Number.POSITIVE_INFINITY;
  next: WheelEntry | null = null;
  previous: WheelEntry | null = null;
  readonly #path: Counting;
  readonly #routed: RoutedRequest;
  /** By the monotonic clock of the machine, as that of the run is set when the run starts. */
  readonly #beganAtMs = performance.now();
  /** By the same clock, while it waits in the wheel to be woken before its deadline: when that is. Null otherwise, as mostly. */
  #later: { readonly deadlineAtMs: Ms } | null = null;

  /** `wire` moves its bytes. */
  constructor(path: Counting, { info, timeoutMs }: Pick<Admitted, 'info' | 'timeoutMs'>, wire: Wire) {
    this.#path = path;
    this.#routed = new RoutedRequest(path.router, info, wire);
    if (timeoutMs !== null) path.deadlines.add(this, this.#beganAtMs + timeoutMs);
  }

  /** Whether it waits at the router for its next attempt. */
  get isWaiting(): boolean {
    return this.#routed.isWaiting;
  }

  /** The current attempt, or the last one; null before the first. */
  get attempt(): Attempt | null {
    return this.#routed.attempt;
  }

  get isOver(): boolean {
    return this.#routed.isOver;
  }

  /** What is left until its deadline, in milliseconds; null where it has none. */
  get leftMs(): Ms | null {
    const deadlineAtMs = this.#deadlineAtMs;
    return deadlineAtMs === Number.POSITIVE_INFINITY ? null : deadlineAtMs - performance.now();
  }

  /** Whether nobody has said how long its prompt is, and that counts for where it goes: then the beginning of its body is waited for. */
  get needsLength(): boolean {
    return this.#routed.info.promptTokens === 0 && readsLengths(this.#path.router.policy);
  }

  /** Counts it from now on. */
  begin(): void {
    this.#path.begun(this);
    this.#path.calls?.started();
  }

  /** Routes it, once it has begun. `wasSent` tells whether a node has it then. */
  start(wasSent: () => boolean): void {
    this.#routed.start(this.#nowMs());
    if (wasSent()) this.#path.calls?.routed(performance.now() - this.#beganAtMs);
  }

  /** The first message of its body has so many bytes; null where that is not known. */
  estimate(messageBytes: number | null): void {
    if (messageBytes !== null) this.#routed.estimate(tokensOfBytes(messageBytes, this.#path.bytesPerToken));
  }

  /** An endpoint is healthy or unhealthy that was not. */
  onHealthChange(nowMs: Ms): void {
    this.#routed.onHealthChange(nowMs);
  }

  /** The router shuts down and does not wait for it. */
  cutOff(): void {
    this.#routed.onCutOff(this.#nowMs());
  }

  /** What `Wire.wakeAt` promises. */
  wakeAt(atMs: Ms): void {
    const deadlineAtMs = this.#deadlineAtMs;
    const wakesAtMs = performance.now() + (atMs - this.#nowMs());
    this.#later = wakesAtMs < deadlineAtMs ? { deadlineAtMs } : null;
    this.#waitUntil(Math.min(wakesAtMs, deadlineAtMs));
  }

  /** Its deadline has passed, or it is woken. */
  onDue(): void {
    if (this.#later === null) {
      this.#routed.onDeadline(this.#nowMs());
      return;
    }
    const { deadlineAtMs } = this.#later;
    this.#later = null;
    this.#waitUntil(deadlineAtMs);
    this.#routed.onWake(this.#nowMs());
  }

  get #deadlineAtMs(): Ms {
    return this.#later === null ? this.dueAtMs : this.#later.deadlineAtMs;
  }

  #waitUntil(dueAtMs: Ms): void {
    const { deadlines } = this.#path;
    deadlines.remove(this);
    this.dueAtMs = dueAtMs;
    if (dueAtMs < Number.POSITIVE_INFINITY) deadlines.add(this, dueAtMs);
  }

  /** A piece of the answer of this many bytes has come. */
  onMessage(attempt: Attempt, bytes: number): void {
    if (!attempt.hasFirstMessage) this.#routed.onMessage(attempt, this.#nowMs());
    this.#path.counts.passed(attempt.endpoint, bytes);
  }

  onEnd(attempt: Attempt, ending: Ending): void {
    if (attempt.hasEnded) return;
    this.#path.counts.ended(attempt.endpoint, attemptCountedAs(ending.code));
    this.#routed.onEnd(attempt, ending, this.#nowMs());
  }

  /** What has come of it cannot be kept while it waits. */
  onNoRoom(): void {
    this.#routed.onNoRoom(NO_ROOM_FOR_REQUEST, this.#nowMs());
  }

  onClientGone(): void {
    this.#routed.onClientGone(this.#nowMs());
  }

  /** It has ended; `status` is null where the client left. */
  over(status: Status | null): void {
    const { attempt } = this.#routed;
    const { calls, counts, deadlines } = this.#path;
    deadlines.remove(this);
    calls?.ended(status?.code ?? grpcStatus.cancelled, performance.now() - this.#beganAtMs, this.#routed.extra);
    counts.over(status === null ? 'cancelled' : requestCountedAs(status, attempt !== null));
    this.#path.over(this);
  }

  #nowMs(): Ms {
    return this.#path.clock.now();
  }
}
