import type { Ms } from '../../core/time/clock.ts';
import type { PromptInFlight } from '../endpoint/node-load.ts';
import type { RequestInfo } from '../request-info.ts';
import type { AttemptCause } from './attempt-cause.ts';

/** One try of a request on one endpoint. Hosts read it and hand it back; only the `Router` writes it. */
export class Attempt implements PromptInFlight {
  readonly kind = 'attempt';
  readonly request: RequestInfo;
  readonly endpoint: number;
  /** Counts from 1. */
  readonly number: number;
  /** Why it began. */
  readonly cause: AttemptCause;
  /** The endpoints that this attempt must avoid, because earlier attempts failed there. */
  readonly avoided: readonly number[];
  readonly startedAtMs: Ms;
  readonly promptTokens: number;
  /** The policy's cost of the endpoint; NaN where the policy has no costs. */
  readonly costMs: Ms;
  /** The TTFT that the policy predicted, without learnt errors; NaN where the policy predicts nothing. */
  readonly predictedMs: Ms;
  /** How often the clock of the router had been set when the attempt began. */
  readonly clockSettings: number;
  arrivesAtMs: Ms;
  isUnreported = true;
  place = -1;
  /** When the first message came; NaN before. */
  firstMessageAtMs: Ms = Number.NaN;
  hasEnded = false;

  constructor(
    request: RequestInfo,
    begun: Pick<
      Attempt,
      'endpoint' | 'number' | 'cause' | 'avoided' | 'startedAtMs' | 'costMs' | 'predictedMs' | 'clockSettings'
    >,
  ) {
    this.request = request;
    this.endpoint = begun.endpoint;
    this.number = begun.number;
    this.cause = begun.cause;
    this.avoided = begun.avoided;
    this.startedAtMs = begun.startedAtMs;
    this.promptTokens = request.promptTokens;
    this.costMs = begun.costMs;
    this.predictedMs = begun.predictedMs;
    this.clockSettings = begun.clockSettings;
    this.arrivesAtMs = begun.startedAtMs;
  }

  get hasFirstMessage(): boolean {
    return !Number.isNaN(this.firstMessageAtMs);
  }
}
