import type { Ms } from '../../core/time/clock.ts';
import type { PromptInFlight } from '../endpoint/node-load.ts';
import type { RequestInfo } from '../pick/policy.ts';

/** One try of a request on one endpoint. Hosts read it and hand it back; only the `Router` writes it. */
export class Attempt implements PromptInFlight {
  readonly kind = 'attempt';
  readonly request: RequestInfo;
  readonly endpoint: number;
  /** Counts from 1. */
  readonly number: number;
  /** The endpoints of the attempts before this one. */
  readonly tried: readonly number[];
  readonly startedAtMs: Ms;
  readonly promptTokens: number;
  arrivesAtMs: Ms;
  isUnreported = true;
  /** What the policy expected of its TTFT before learnt errors; NaN where the policy predicts nothing. */
  predictedMs: Ms = Number.NaN;
  hasFirstMessage = false;
  hasEnded = false;

  constructor(request: RequestInfo, endpoint: number, nowMs: Ms, previous: Attempt | null) {
    this.request = request;
    this.endpoint = endpoint;
    this.number = previous === null ? 1 : previous.number + 1;
    this.tried = previous === null ? NONE : [...previous.tried, previous.endpoint];
    this.startedAtMs = nowMs;
    this.promptTokens = request.promptTokens;
    this.arrivesAtMs = nowMs;
  }
}

const NONE: readonly number[] = [];
