import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { LoadReport } from '../endpoint/load-report.ts';
import type { Observation } from '../observation.ts';
import { NumbersByIndex } from '../pick/numbers-by-index.ts';
import { NO_ENDPOINT, pickOf } from '../pick/pick-of.ts';
import type { Decision, Policy } from '../pick/policy.ts';
import { Rotation } from '../pick/rotation.ts';
import type { RequestInfo } from '../request-info.ts';

export const orcaWeightedSchema = (z: Zod) =>
  z
    .strictObject({
      blackoutS: z
        .number()
        .nonnegative()
        .default(10)
        .describe('How long an endpoint has to report before its weight counts, in seconds.')
        .meta(tune({ from: 0, to: 60 })),
      expiryS: z
        .number()
        .positive()
        .default(180)
        .describe('After how long without a report it has no weight, in seconds.')
        .meta(tune({ from: 2, to: 600 })),
      updateS: z
        .number()
        .min(0.1)
        .default(1)
        .describe('How often weights are computed, in seconds.')
        .meta(tune({ from: 0.1, to: 30 })),
      errorPenalty: z
        .number()
        .nonnegative()
        .default(1)
        .describe('How much the share of requests that fail counts as utilisation.')
        .meta(tune({ from: 0, to: 10 })),
    })
    .describe('Turns in proportion to what each node serves for its utilisation, as it reports it.');

/**
 * Each endpoint in turn by the weight
 *
 *     weight = qps / (utilisation + eps / qps * errorPenalty)
 *
 * qps and eps: the requests and the failures a second that the node reports over all its callers, so that each of several routers computes the same
 * weight; where it reports none, those that this router saw end at the endpoint since the weights were last computed. The failures that it
 * saw count where they are the larger share: a node does not know of its paths. Utilisation: the mean of the node's ORCA reports in that time, which for our
 * nodes is the used share of the KV cache, averaged over the same seconds as their rates. A node's weight is shared by the paths to it. 100 a second at
 * 0.5 without a failure weigh 200; with 10 failures a second 100 / (0.5 + 0.1) = 166.7. An endpoint without a usable weight has the mean of the
 * others; with fewer than two usable weights all are equal. A weight counts `blackoutS` after the first since the connection was made, and
 * until `expiryS` after the last. It is kept between 0.1 and 10 of the mean. Source: gRFC A58 (weights, EDF), A114 (utilisation).
 */
export const orcaWeighted = (params: Made<typeof orcaWeightedSchema>): Policy => new OrcaWeighted(params);

class OrcaWeighted implements Policy {
  readonly name = 'orca-weighted';
  readonly #params: Made<typeof orcaWeightedSchema>;
  readonly #rotation = new Rotation();
  /** What turns go by: always above 0. */
  readonly #weights = new NumbersByIndex(1);
  readonly #own = new NumbersByIndex(Number.NaN);
  readonly #firstAtMs = new NumbersByIndex(Number.NaN);
  readonly #lastAtMs = new NumbersByIndex(Number.NaN);
  readonly #ended = new NumbersByIndex(0);
  /** By node: the latest reported requests and failures a second. */
  readonly #saidQps = new NumbersByIndex(0);
  readonly #saidEps = new NumbersByIndex(0);
  /** By node, since the weights were last computed: the sum of reported utilisations, and how many there were. */
  readonly #utilisation = new NumbersByIndex(0);
  readonly #reports = new NumbersByIndex(0);
  readonly #failed = new NumbersByIndex(0);
  #updatedAtMs: Ms = Number.NaN;

  constructor(params: Made<typeof orcaWeightedSchema>) {
    this.#params = params;
  }

  pick(_request: RequestInfo, endpoints: EndpointTable): Decision {
    return endpoints.candidateCount === 0
      ? NO_ENDPOINT
      : pickOf(this.#rotation.next(endpoints, this.#weights.upTo(endpoints.size)));
  }

  observe(what: Observation, endpoints: EndpointTable): void {
    if (what.kind === 'began') {
      this.#updateAt(what.nowMs, endpoints);
      this.#rotation.took(what.attempt.endpoint, endpoints, this.#weights.upTo(endpoints.size));
    }
    if (what.kind === 'ended') {
      const { endpoint } = what.attempt;
      this.#ended.set(endpoint, this.#ended.at(endpoint) + 1);
      const isFailure = what.ending.fault === 'node' || what.ending.fault === 'path';
      if (isFailure) this.#failed.set(endpoint, this.#failed.at(endpoint) + 1);
    }
    if (what.kind === 'report') this.#hear(endpoints.nodeOf[what.endpoint]!, what.report);
    if (what.kind === 'available' && what.isAvailable) this.#firstAtMs.set(what.endpoint, Number.NaN);
  }

  #hear(node: number, { requestsPerS, failuresPerS, utilization }: LoadReport): void {
    this.#saidQps.set(node, requestsPerS);
    this.#saidEps.set(node, failuresPerS);
    if (Number.isNaN(utilization)) return;
    this.#utilisation.set(node, this.#utilisation.at(node) + utilization);
    this.#reports.set(node, this.#reports.at(node) + 1);
  }

  #updateAt(nowMs: Ms, endpoints: EndpointTable): void {
    if (Number.isNaN(this.#updatedAtMs)) this.#updatedAtMs = nowMs;
    const elapsedS = (nowMs - this.#updatedAtMs) / 1000;
    if (elapsedS < this.#params.updateS) return;
    this.#updatedAtMs = nowMs;
    let [sum, usable] = [0, 0];
    for (let endpoint = 0; endpoint < endpoints.size; endpoint++) {
      this.#learn(endpoint, endpoints, elapsedS, nowMs);
      if (!this.#isUsable(endpoint, nowMs)) continue;
      sum += this.#own.at(endpoint);
      usable++;
    }
    const mean = usable < 2 ? 1 : sum / usable;
    for (let endpoint = 0; endpoint < endpoints.size; endpoint++) {
      const own = usable >= 2 && this.#isUsable(endpoint, nowMs) ? this.#own.at(endpoint) : mean;
      // Of the mean, so that times in the rotation stay what they are when the weights change.
      this.#weights.set(endpoint, Math.min(Math.max(own / mean, LEAST_RATIO), MOST_RATIO));
    }
    this.#rotation.weightsChanged();
    for (let node = 0; node < endpoints.nodeNames.length; node++) {
      this.#utilisation.set(node, 0);
      this.#reports.set(node, 0);
    }
  }

  #learn(endpoint: number, endpoints: EndpointTable, elapsedS: number, nowMs: Ms): void {
    const node = endpoints.nodeOf[endpoint]!;
    const seenQps = this.#ended.at(endpoint) / elapsedS;
    const seenShare = seenQps > 0 ? this.#failed.at(endpoint) / this.#ended.at(endpoint) : 0;
    this.#ended.set(endpoint, 0);
    this.#failed.set(endpoint, 0);
    const saidQps = this.#saidQps.at(node);
    const qps = saidQps > 0 ? saidQps / pathsTo(node, endpoints) : seenQps;
    const eps = qps * Math.max(seenShare, saidQps > 0 ? this.#saidEps.at(node) / saidQps : 0);
    const utilisation = this.#utilisation.at(node) / Math.max(1, this.#reports.at(node));
    const weight = orcaWeight({ qps, eps, utilisation, errorPenalty: this.#params.errorPenalty });
    if (Number.isNaN(weight)) return; // nothing to go by: the weight before counts until it expires
    this.#own.set(endpoint, weight);
    this.#lastAtMs.set(endpoint, nowMs);
    if (Number.isNaN(this.#firstAtMs.at(endpoint))) this.#firstAtMs.set(endpoint, nowMs);
  }

  #isUsable(endpoint: number, nowMs: Ms): boolean {
    const { blackoutS, expiryS } = this.#params;
    return (
      nowMs - this.#firstAtMs.at(endpoint) >= blackoutS * 1000 && nowMs - this.#lastAtMs.at(endpoint) < expiryS * 1000
    );
  }
}

const pathsTo = (node: number, { firstEndpointOf, nextEndpointOf }: EndpointTable): number => {
  let paths = 0;
  for (let endpoint = firstEndpointOf[node]!; endpoint >= 0; endpoint = nextEndpointOf[endpoint]!) paths++;
  return paths;
};

/** A weight is at least and at most so much of the mean: a node that got little to do is not left for good. As in gRPC's static stride scheduler. */
const LEAST_RATIO = 0.1;
const MOST_RATIO = 10;

/** `qps / (utilisation + eps / qps * errorPenalty)`; NaN where qps or utilisation is 0, as the weight then says nothing. */
export const orcaWeight = (of: {
  readonly qps: number;
  readonly eps: number;
  readonly utilisation: number;
  readonly errorPenalty: number;
}): number => {
  if (of.qps <= 0 || of.utilisation <= 0) return Number.NaN;
  return of.qps / (of.utilisation + (of.eps / of.qps) * of.errorPenalty);
};
