import { seededRng } from '../../core/random/rng.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { StepDuration } from '../../services/node/engine/step-duration.ts';
import type { StepTime } from '../../services/node/engine/step-time.ts';
import { type Lengths, type SustainedRate, sustainedRate } from '../../services/node/engine/sustained-rate.ts';
import { engineOptionsOf } from '../../services/node/engine-options.ts';
import { phiOf } from '../../services/node/power/power-cap.ts';
import { powerModelOf } from '../../services/node/power/power-model.ts';

/** What one node can serve in a run. */
export interface NodeRate {
  /** Requests a second that it serves for ever, times the share of the run in which it takes requests. */
  readonly servedPerS: number;
  /** Sequences that run at the same time then. */
  readonly sequences: number;
  readonly boundBy: SustainedRate['boundBy'] | 'tokens-per-minute' | 'api-servers' | 'too-long';
  /** Share of the requests that it refuses because they could never fit into its cache or its model. */
  readonly tooLongShare: number;
  /** Share of the time of the load in which it takes requests: after its start-up, before its drain. */
  readonly openShare: number;
}

/**
 * What a node with `config`, called `name`, serves of requests of these lengths, at least one: within the limits of its engine, its
 * cache, its power cap and its quota. Power and heat of its site are not counted.
 */
export const nodeRate = (
  scenario: Scenario,
  config: Scenario['nodes'][string],
  name: string,
  lengths: readonly Lengths[],
): NodeRate => {
  const { maxOutputTokens } = scenario.load;
  const options = engineOptionsOf(config, `nodes.${name}`);
  const { profile, limits } = options;
  const kvTokens = limits.kvTokens ?? profile.kvTokens;
  const most = Math.min(kvTokens + 1, limits.maxModelLen ?? Number.POSITIVE_INFINITY);
  const fitting = lengths.filter(({ promptTokens }) => promptTokens + maxOutputTokens <= most);
  const openShare = openShareOf(config, scenario.durationS);
  const tooLongShare = 1 - fitting.length / lengths.length;
  if (fitting.length === 0) return { servedPerS: 0, sequences: 0, boundBy: 'too-long', tooLongShare, openShare };
  const rng = seededRng(scenario.seed);
  const { replicas } = profile;
  const ofOne = sustainedRate({
    stepTime: grouped(
      stepTimeUnderCap(new StepDuration({ ...options, rng: rng('outlook/noise') }), profile, config),
      replicas,
    ),
    limits,
    kvTokens,
    lengths: fitting,
    rng: rng('outlook/lengths'),
  });
  const requestsPerS = ofOne.requestsPerS * replicas;
  const sequences = ofOne.sequences * replicas;
  const { boundBy } = ofOne;
  const quotaPerS = quotaRate(config, fitting, maxOutputTokens);
  const taken = apiServerRate(config, fitting);
  const mostPerS = Math.min(quotaPerS, taken);
  return {
    servedPerS: openShare * Math.min(requestsPerS, mostPerS),
    sequences: mostPerS < requestsPerS ? (sequences * mostPerS) / requestsPerS : sequences,
    boundBy: mostPerS >= requestsPerS ? boundBy : taken < quotaPerS ? 'api-servers' : 'tokens-per-minute',
    tooLongShare,
    openShare,
  };
};

/** How many requests a second its API servers take: each keeps one of them busy for a while, and for the time of its tokens. */
const apiServerRate = (
  { apiServers, ingestTokenUs }: Scenario['nodes'][string],
  lengths: readonly Lengths[],
): number => {
  if (apiServers === undefined) return Number.POSITIVE_INFINITY;
  const promptTokens = lengths.reduce((sum, one) => sum + one.promptTokens, 0) / lengths.length;
  return (1000 * apiServers.count) / (apiServers.busyMs + (promptTokens * ingestTokenUs) / 1000);
};

/** The step of one of several replicas with equal batches. */
const grouped = (stepTime: StepTime, replicas: number): StepTime =>
  replicas === 1 ? stepTime : (batch) => stepTime({ ...batch, groupTokens: batch.tokens * replicas });

const stepTimeUnderCap = (
  duration: StepDuration,
  { power }: ReturnType<typeof engineOptionsOf>['profile'],
  { capacity: { powerW } }: Scenario['nodes'][string],
): StepTime => {
  if (power === null || powerW === undefined) return (batch) => duration.plainMs(batch, 1);
  const model = powerModelOf(power);
  return (batch) => duration.plainMs(batch, phiOf({ capW: powerW, idleW: model.idleW, demandW: model.drawW(batch) }));
};

const openShareOf = ({ startUpS, drainAtS }: Scenario['nodes'][string], durationS: number): number =>
  Math.max(0, Math.min(durationS, drainAtS ?? durationS) - startUpS) / durationS;

/** Requests a second that the quota of a provider admits: it books the prompt and the longest answer. */
const quotaRate = (
  { capacity: { tokensPerMinute } }: Scenario['nodes'][string],
  lengths: readonly Lengths[],
  maxOutputTokens: number,
): number => {
  if (tokensPerMinute === undefined) return Number.POSITIVE_INFINITY;
  const booked = lengths.reduce((sum, { promptTokens }) => sum + promptTokens + maxOutputTokens, 0) / lengths.length;
  return tokensPerMinute / 60 / booked;
};
