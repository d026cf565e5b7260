import type { Made, Zod } from '../../core/config/schema-maker.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { Filter } from './filter.ts';

export const healthSchema = (z: Zod) =>
  z
    .strictObject({
      intervalMs: z
        .int()
        .min(0)
        .max(60_000)
        .default(250)
        .describe('How often each node is asked for its health over each path, in milliseconds; 0 for never.'),
      timeoutMs: z
        .int()
        .min(50)
        .max(600_000)
        .default(800)
        .describe('A path over which nothing came for as long, though a check waits, is left; in milliseconds.'),
      boundaryTimeoutMs: z
        .int()
        .min(50)
        .max(600_000)
        .default(2100)
        .describe('The same for a silence that began around the start of a slot, when paths are interrupted.'),
      unhealthyAfter: z
        .int()
        .min(1)
        .max(100)
        .default(3)
        .describe('How many checks in a row may end with an error status before the endpoint is left.'),
      healthyAfter: z
        .int()
        .min(1)
        .max(100)
        .default(2)
        .describe(
          'How many checks in a row must be answered with SERVING before an endpoint that was left is used again.',
        ),
    })
    .describe('How the router finds out by health checks which paths and nodes not to use.');

export type HealthSettings = Made<typeof healthSchema>;

/** Why an endpoint is left: nothing comes over its path, or its node says that it does not serve. */
export type HealthFault = 'path' | 'node';

/** What a node answered to a check: whether it serves, or an error status. A node without a health service serves. */
export type CheckAnswer = 'serving' | 'not-serving' | 'error';

/**
 * Which endpoints may be used, by health checks over their paths. It only decides: a host looks every `HEALTH_LOOK_EVERY_MS`,
 * sends the checks that `look` names, and says what came back.
 *
 * A node that says NOT_SERVING is left at once. A path is left when a check waits for its answer and nothing at all (no byte of
 * an answer, a ping or a window) has come over the connection for the time-out:
 *
 *     timeoutMs, or interval + 2 * rtt + 250 where that is longer      one lost packet: it is sent again after rtt + 200 ms
 *     boundaryTimeoutMs, where the silence began around a boundary     a boundary event of up to 500 ms
 *
 * Why two. A packet first sent in an outage of D is sent again after R, 3R, 7R, ...: the last time in vain at some t <= D, and
 * then at 2t + R <= 2D + R. So TCP ends the silence of a boundary event at the latest after interval + 2D + R + rtt:
 * 250 + 1000 + 450 + 300 = 2000 ms for D = 500, R <= 450 and rtt <= 300, and a router that leaves a path within a second would
 * leave it for nothing. Boundary events come when the router expects them (`Forecast.nextHandoverAfter`), so only a silence that
 * began around one gets that long. Where the router knows no slots (`knowledge: none`) every silence does.
 *
 * Time in which the host itself did not look, a pause of its process, is no silence.
 */
export class PathHealth implements Filter {
  readonly reason = 'no-endpoint';
  readonly yields = 'in-panic';
  readonly #endpoints: EndpointTable;
  #settings: HealthSettings;
  readonly #knowsSlots: boolean;
  /** When something last came over the path; NaN while it is not connected. */
  readonly #heardAtMs: Float64Array;
  /** When the check that waits was sent; NaN where none waits. */
  readonly #askedAtMs: Float64Array;
  readonly #nextCheckAtMs: Float64Array;
  /** Round trip of checks, averaged; 0 before the first. */
  readonly #rttMs: Float64Array;
  readonly #errors: Uint32Array;
  readonly #successes: Uint32Array;
  readonly #faults: (HealthFault | null)[];
  /** How often each endpoint was left, for any reason. */
  readonly left: Uint32Array;
  #unhealthy = 0;
  #lookedAtMs: Ms = Number.NaN;
  #onChange: (nowMs: Ms) => void = () => {};

  constructor(endpoints: EndpointTable, settings: HealthSettings, { knowsSlots }: { readonly knowsSlots: boolean }) {
    const { size } = endpoints;
    this.#endpoints = endpoints;
    this.#settings = settings;
    this.#knowsSlots = knowsSlots;
    this.#heardAtMs = new Float64Array(size).fill(Number.NaN);
    this.#askedAtMs = new Float64Array(size).fill(Number.NaN);
    this.#nextCheckAtMs = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.#rttMs = new Float64Array(size);
    this.#errors = new Uint32Array(size);
    this.#successes = new Uint32Array(size);
    this.left = new Uint32Array(size);
    this.#faults = Array.from({ length: size }, () => null);
  }

  get admitsAll(): boolean {
    return this.#unhealthy === 0;
  }

  admits(endpoint: number): boolean {
    return this.#faults[endpoint] === null;
  }

  /** By other settings from now on. Where nothing is checked any more, nothing is known to be unhealthy. */
  retune(settings: HealthSettings, nowMs: Ms): void {
    this.#settings = settings;
    for (let endpoint = 0; endpoint < this.#faults.length; endpoint++) {
      const nextMs = Math.min(this.#nextCheckAtMs[endpoint]!, nowMs + settings.intervalMs);
      this.#nextCheckAtMs[endpoint] = nextMs;
      if (settings.intervalMs > 0) continue;
      this.#use(endpoint, nowMs);
      this.#forget(endpoint);
    }
  }

  /** Why the endpoint is left; null where it may be used. */
  faultOf(endpoint: number): HealthFault | null {
    return this.#faults[endpoint]!;
  }

  /** Calls `onChange` whenever an endpoint is left or used again. */
  listen(onChange: (nowMs: Ms) => void): void {
    this.#onChange = onChange;
  }

  /** Something came over the path. */
  heard(endpoint: number, nowMs: Ms): void {
    this.#note(endpoint, nowMs);
  }

  /** Leaves the paths that are silent for too long. Returns the endpoints to check now; each counts as asked. */
  look(nowMs: Ms): readonly number[] {
    if (this.#settings.intervalMs === 0) return NONE;
    this.#forgivePause(nowMs);
    const due: number[] = [];
    for (let endpoint = 0; endpoint < this.#faults.length; endpoint++) {
      if (this.#endpoints.available[endpoint] === 0) {
        this.#forget(endpoint);
        continue;
      }
      if (Number.isNaN(this.#heardAtMs[endpoint]!)) this.#heardAtMs[endpoint] = nowMs;
      if (this.#isSilent(endpoint, nowMs)) {
        this.#leave(endpoint, 'path', nowMs);
        this.#askedAtMs[endpoint] = Number.NaN; // it is asked anew, perhaps over a new connection
      }
      if (!Number.isNaN(this.#askedAtMs[endpoint]!) || nowMs < this.#nextCheckAtMs[endpoint]!) continue;
      this.#askedAtMs[endpoint] = nowMs;
      this.#nextCheckAtMs[endpoint] = nowMs + this.#settings.intervalMs;
      due.push(endpoint);
    }
    return due;
  }

  /** A check was answered. */
  answered(endpoint: number, answer: CheckAnswer, nowMs: Ms): void {
    if (nowMs > this.#lookedAtMs) this.#forgivePause(nowMs); // after a pause an answer may be read before the next look
    const rttMs = nowMs - this.#askedAtMs[endpoint]!;
    if (rttMs >= 0) {
      const knownMs = this.#rttMs[endpoint]!;
      this.#rttMs[endpoint] = knownMs === 0 ? rttMs : knownMs + (rttMs - knownMs) / 8;
    }
    this.#askedAtMs[endpoint] = Number.NaN;
    this.#note(endpoint, nowMs);
    if (answer === 'serving') {
      this.#errors[endpoint] = 0;
      this.#successes[endpoint] = this.#successes[endpoint]! + 1;
      if (this.#successes[endpoint]! >= this.#settings.healthyAfter) this.#use(endpoint, nowMs);
      return;
    }
    this.#successes[endpoint] = 0;
    this.#errors[endpoint] = this.#errors[endpoint]! + 1;
    if (answer === 'not-serving' || this.#errors[endpoint]! >= this.#settings.unhealthyAfter) {
      this.#leave(endpoint, 'node', nowMs);
    }
  }

  /** A check ended without an answer, such as with its connection: it is sent again when the next is due. */
  unanswered(endpoint: number): void {
    this.#askedAtMs[endpoint] = Number.NaN;
  }

  /** A host may say late, and in any order, what came when. */
  #note(endpoint: number, atMs: Ms): void {
    if (!(this.#heardAtMs[endpoint]! > atMs)) this.#heardAtMs[endpoint] = atMs;
  }

  #isSilent(endpoint: number, nowMs: Ms): boolean {
    if (Number.isNaN(this.#askedAtMs[endpoint]!)) return false;
    const sinceMs = this.#heardAtMs[endpoint]!;
    return nowMs - sinceMs >= this.#allowedMs(endpoint, sinceMs);
  }

  #allowedMs(endpoint: number, sinceMs: Ms): Ms {
    const { intervalMs, timeoutMs, boundaryTimeoutMs } = this.#settings;
    const allowedMs = Math.max(timeoutMs, intervalMs + 2 * this.#rttMs[endpoint]! + LOSS_MS);
    return this.#mayBeBoundaryEvent(endpoint, sinceMs) ? Math.max(allowedMs, boundaryTimeoutMs) : allowedMs;
  }

  /** An event begins up to a check and a round trip after the last that was heard, or a round trip before it. */
  #mayBeBoundaryEvent(endpoint: number, sinceMs: Ms): boolean {
    if (!this.#knowsSlots) return true;
    const rttMs = this.#rttMs[endpoint]!;
    const boundaryAtMs = this.#endpoints.forecast.nextHandoverAfter(endpoint, sinceMs - rttMs - EVENT_REACH_MS);
    return boundaryAtMs <= sinceMs + this.#settings.intervalMs + rttMs + EVENT_REACH_MS;
  }

  #forgivePause(nowMs: Ms): void {
    const pausedMs = nowMs - this.#lookedAtMs;
    this.#lookedAtMs = nowMs;
    // A clock that was set leaps, to either side; that is no silence either.
    if (!(pausedMs < 0 || pausedMs > 2 * HEALTH_LOOK_EVERY_MS)) return;
    const shiftMs = pausedMs - HEALTH_LOOK_EVERY_MS;
    for (let endpoint = 0; endpoint < this.#faults.length; endpoint++) {
      // What was heard or asked since the pause is not moved into the future: nobody would look for a silence until then.
      this.#heardAtMs[endpoint] = Math.min(nowMs, this.#heardAtMs[endpoint]! + shiftMs);
      this.#askedAtMs[endpoint] = Math.min(nowMs, this.#askedAtMs[endpoint]! + shiftMs);
      this.#nextCheckAtMs[endpoint] = Math.min(this.#nextCheckAtMs[endpoint]!, nowMs);
    }
  }

  /** There is no connection, so there is nothing to hear; it is left out by that. */
  #forget(endpoint: number): void {
    this.#heardAtMs[endpoint] = Number.NaN;
    this.#askedAtMs[endpoint] = Number.NaN;
    this.#rttMs[endpoint] = 0;
    this.#successes[endpoint] = 0;
  }

  #leave(endpoint: number, fault: HealthFault, nowMs: Ms): void {
    this.#successes[endpoint] = 0;
    if (this.#faults[endpoint] === fault) return;
    if (this.#faults[endpoint] === null) {
      this.#unhealthy++;
      this.left[endpoint] = this.left[endpoint]! + 1;
    }
    this.#faults[endpoint] = fault;
    this.#changed(nowMs);
  }

  #use(endpoint: number, nowMs: Ms): void {
    if (this.#faults[endpoint] === null) return;
    this.#faults[endpoint] = null;
    this.#unhealthy--;
    this.#changed(nowMs);
  }

  #changed(nowMs: Ms): void {
    this.#endpoints.forgetCandidates();
    this.#onChange(nowMs);
  }
}

/** How often a host looks. */
export const HEALTH_LOOK_EVERY_MS: Ms = 50;

/** How far before or after the start of a slot the event of that boundary begins. */
const EVENT_REACH_MS: Ms = 500;

/** What a lost packet adds to two round trips: 200 ms, the least time-out of Linux, and a look. */
const LOSS_MS: Ms = 250;

const NONE: readonly number[] = [];
